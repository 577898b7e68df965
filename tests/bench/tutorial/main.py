"""An asynchronous function that asks Gemini once a request with the client as its tutorials show
it.
"""

import os

from functions_framework import aio
from google import genai
from google.genai import types
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from churn_lib.gemini.prompt import SYSTEM

client = genai.Client(
    api_key=os.environ["GEMINI_API_KEY"], http_options={"base_url": os.environ["GEMINI_BASE_URL"]}
)


class Offer(BaseModel):
    headline: str
    message: str
    call_to_action: str


@aio.http
async def predict(_request: Request) -> Response:
    config = types.GenerateContentConfig(
        response_mime_type="application/json", response_schema=Offer
    )
    answer = await client.aio.models.generate_content(
        model="gemini-3.5-flash-lite", contents=SYSTEM, config=config
    )
    return Response(answer.text)
