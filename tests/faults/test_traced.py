"""One trace from the HTTP request over store, relay and Kafka to the view, by the processes as they run."""

from contextlib import ExitStack

from adapters.kafka.access import BrokerUser
from adapters.postgresql.roles import APPEND, PROJECT, RELAY
from hub_cluster.kafka_access import KafkaAccess
from hub_demo.county import agreement
from tests.adapters.kafka.rig import Topic
from tests.adapters.telemetry.collector import collecting
from tests.hub_api.servers.servers import Place, until
from tests.hub_api.servers.test_by_turns import asked, free_port
from tests.hub_api.stand import NOW, ULLA


def test_one_trace_leads_from_the_request_over_store_relay_and_kafka_to_the_view(
    place: Place, kafka: KafkaAccess
) -> None:
    with place.hub(start=None, fresh_within=0) as hub:
        hub.commander.handle_now(ULLA, agreement(), None, NOW)
    port = free_port()
    with collecting() as collector:
        with ExitStack() as running:
            processes = [
                running.enter_context(place.process(role, user, *arguments, otlp=collector.endpoint))
                for role, user, *arguments in (
                    (RELAY, BrokerUser.RELAY, "relay"),
                    (PROJECT, BrokerUser.PROJECTIONS, "project"),
                    (APPEND, None, "serve", "--personas", "--port", str(port)),
                )
            ]
            until(lambda: asked(port, "/v1/me") == 200)
            assert asked(port, "/v1/cases", key="one") == 201
            until(place.carried)
            for process in processes:
                process.terminate()
            assert [process.wait(30) for process in processes] == [0, 0, 0]
        spans = collector.spans()
    (request,) = (span for span in spans if span.name == "POST /v1/cases")
    below = {span.name: span for span in spans if span.trace_id == request.trace_id and span is not request}
    assert set(below) == {"samrad.append", "samrad.relay", "samrad.view"}
    assert {span.parent_span_id for span in below.values()} == {request.span_id}
    began = [below[f"samrad.{step}"].start_time_unix_nano for step in ("append", "relay", "view")]
    assert began == sorted(began)
    told = on_the_topic(place, kafka)
    assert told
    assert not [each for each in (request.trace_id, request.span_id) if each in told or each.hex().encode() in told]


def on_the_topic(place: Place, kafka: KafkaAccess) -> bytes:
    """All that the records of the acts tell whoever reads the topic and has no key."""
    topic = Topic(place.topics["topic_acts"], kafka)
    with topic.reading() as frames:
        records = frames._records(0, frames._ask_end())
    return b"".join(record.value + repr((record.key, record.headers)).encode() for record in records)
