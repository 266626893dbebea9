"""Topics are built and parsed in one place, and both directions agree."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import topics
from shared.errors import WireError
from shared.topics import Topic

slugs = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)


@given(slugs, slugs, st.sampled_from(["node", "hub"]))
def test_a_feed_has_its_two_topics(city: str, centre: str, side: str) -> None:
    """Whatever is built is parsed to what it was built from."""
    feed = f"{side}/{centre}"
    assert topics.parse(topics.out(city, feed)) == Topic(city, side, centre, "out")
    assert topics.parse(topics.ack(city, feed)) == Topic(city, side, centre, "ack")
    assert topics.parse(topics.out(city, feed)).feed == feed


@given(slugs, slugs)
def test_presence_has_its_topics(city: str, centre: str) -> None:
    """A centre's presence names the centre, the hub's does not."""
    assert topics.parse(topics.node_state(city, centre)) == Topic(city, "node", centre, "state")
    assert topics.parse(topics.hub_state(city)) == Topic(city, "hub", None, "state")


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "stadtherz/1/duisburg",
        "stadtherz/2/duisburg/node/marxloh/out",
        "stadtherz/1/duisburg/node/marxloh/else",
        "stadtherz/1/duisburg/node/Marxloh/out",
        "stadtherz/1/duisburg/node/-/out",
        "stadtherz/1/duisburg/node//out",
        "stadtherz/1/duisburg/node/out",
        "stadtherz/1/duisburg/hub/marxloh/state",
        "stadtherz/1/duisburg/hub/out",
        "stadtherz/1/duisburg/node/marxloh/out/",
        "stadtherz/1/dui\0burg/node/marxloh/out",
        "$SYS/broker/version",
    ],
)
def test_a_topic_of_another_network_is_refused(topic: str) -> None:
    """What nobody here builds, nobody here reads."""
    with pytest.raises(WireError, match="unknown topic"):
        topics.parse(topic)


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_refused(topic: str) -> None:
    """A topic chosen by a stranger causes nothing but a WireError."""
    with contextlib.suppress(WireError):
        topics.parse(topic)


@given(slugs, slugs, slugs)
def test_a_sensor_has_a_topic_of_its_house_alone(city: str, centre: str, key: str) -> None:
    """The house reads it; it is no topic of the replication, and no other house's."""
    topic = topics.sensor(city, centre, key)
    assert topics.sensor_of(topic, city, centre) == key
    for other in ((f"{city}x", centre), (city, f"{centre}x")):
        with pytest.raises(WireError):
            topics.sensor_of(topic, *other)
    with pytest.raises(WireError):
        topics.parse(topic)


@pytest.mark.parametrize("key", ["", "+", "#", "A", "a/b", "ä"])
def test_what_is_no_sensor_s_name_is_no_sensor(key: str) -> None:
    """Names are slugs, as everywhere."""
    with pytest.raises(WireError):
        topics.sensor_of(f"stadtherz/1/duisburg/sensor/marxloh/{key}", "duisburg", "marxloh")
