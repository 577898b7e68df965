"""The function without its page: none of the page's modules is imported."""

import sys
from importlib import import_module
from types import ModuleType

NAME = "functions.console.files"
sys.modules[NAME] = ModuleType(NAME)
for endpoint in ("page", "file"):
    setattr(sys.modules[NAME], endpoint, None)

predict = import_module("main").predict
