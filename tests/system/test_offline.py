"""A centre works on without its link, and the hub has exactly the same records afterwards."""

from tests.system.city import City, wait_until


def test_ten_thousand_changes_made_offline_arrive_after_joining(city: City) -> None:
    """Thirty days offline are 10,000 changes; ten seconds after joining both sides agree."""
    centre = city.centre("alt-hamborn")
    centre.add_spaces(50)
    centre.desk.start()
    wait_until(centre.arrived, 60, "the first records")

    centre.switch(False)
    wait_until(lambda: "offline" in presence(city), 60, "the hub sees the link cut")
    for n in range(8):
        centre.add_spaces(1_000, f"Saal {n}")
    centre.rename_spaces(2_000, "Umbenannt")
    centre.remove_spaces(25)
    assert centre.hub_spaces() == 50

    centre.switch(True)
    took = wait_until(centre.arrived, 60, "the catch-up")
    centre.assert_same_records()
    assert centre.hub_spaces() == 8_025
    assert took < 10


def presence(city: City) -> set[str]:
    """Return the states of all links as the network page shows them."""
    return {link.state for link in city.network()}
