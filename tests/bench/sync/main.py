"""A synchronous function that asks Gemini once a request, as most examples do."""

import os

import functions_framework
from flask import Request
from google import genai

from churn_lib.gemini.prompt import SYSTEM

client = genai.Client(
    api_key=os.environ["GEMINI_API_KEY"], http_options={"base_url": os.environ["GEMINI_BASE_URL"]}
)


@functions_framework.http
def predict(_request: Request) -> str:
    answer = client.models.generate_content(model="gemini-3.5-flash-lite", contents=SYSTEM)
    return answer.text or ""
