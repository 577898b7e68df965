"""The small catalogue in Italian alone, a language that no file of the project knows."""

from tests.churn_lib.offers.samples import SMALL

WORDS = {
    "Hello!": "Buongiorno!",
    "Dear customer:": "Gentile cliente,",
    "Valid until {valid_until}.": "Valido fino al {valid_until}.",
    "An algorithm set this price for you.": "Un sistema ha scelto per Lei questo prezzo.",
    "Personal price.": "Prezzo personale.",
    "{brand}. STOP ends this.": "{brand}. STOP per non ricevere altro.",
    "Less each month": "Meno ogni mese",
    "Pay {price_after} instead of {price_now} for {months}, {percent} less.": (
        "Paga {price_change} per {months}: {discount}."
    ),
    "Pay {price_after} for {months}.": "Paga {monthly_price} per {months}.",
    "Reply to accept.": "Risponda per accettare.",
    "Join our club": "Entri nel nostro club",
    "Collect points.": "Raccolga punti.",
    "Reply to join.": "Risponda per partecipare.",
    '"Discount"': '"Sconto"',
}

PHRASES = """
[phrases.it]
price_change = "{price_after} al mese invece di {price_now}"
monthly_price = "{price_after} al mese"
discount = "{percent} di sconto"

[call_closings]
it = "Vuole che lo attivi?"

[disclosures.until]"""


def _italian() -> str:
    text = SMALL.replace('version = "1"', 'version = "1"\nlanguages = ["it"]')
    for english, italian in WORDS.items():
        text = text.replace(english, italian)
    text = text.replace("texts.en]", "texts.it]").replace("\nen = ", "\nit = ")
    return text.replace("\n[disclosures.until]", PHRASES, 1)


ITALIAN = _italian()
