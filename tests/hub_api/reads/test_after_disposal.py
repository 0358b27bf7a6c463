"""After a unit disposed of all that was its own, whoever may know that something stood there is still answered."""

from domain.act import Principal
from domain.consultation import commands as consultation
from domain.event import Gone
from domain.vocabulary import Kind, Outcome
from hub_api.http.api.bodies import body
from hub_api.runtime.hub import Hub
from hub_api.wording.language import Language
from hub_demo.county import PERSONAS
from tests.hub_api.stand import ASKS, KIM, does, sent

REGIONAL_AUDITOR: Principal = PERSONAS["granskare-rut-exempel"]


def test_what_was_disposed_of_whole_keeps_its_place_and_says_so_in_both_languages(hub: Hub) -> None:
    receipt = sent(hub, KIM, ASKS, None)
    does(hub, KIM, consultation.Close(outcome=Outcome.ADVICE_GIVEN), receipt.stream)
    does(hub, KIM, consultation.Dispose(whole=True), receipt.stream)
    seen = hub.gateway.look_now(REGIONAL_AUDITOR, Kind.CONSULTATION, receipt.stream, what="consultation")
    assert any(isinstance(fact.event, Gone) for fact in seen.facts)
    for language, said in ((Language.SV, "gallrat"), (Language.EN, "disposed of")):
        answer = hub.aliases.of(REGIONAL_AUDITOR.unit).encode(body(seen, REGIONAL_AUDITOR, language)).decode()
        assert said in answer
        assert "Hur" not in answer
