import socket

from towpath.project import ports
from towpath.project.ports import HOST, Ports


def test_every_part_has_a_port_of_its_own():
    numbers = Ports(9000).all()
    assert numbers["web"] == 9000
    assert len(set(numbers.values())) == len(numbers) == 6


def test_a_port_in_use_is_not_free_and_not_suggested(monkeypatch):
    with socket.create_server((HOST, 0)) as busy:
        number = busy.getsockname()[1]
        assert not ports.is_free(number)
        assert ports.answers(number)
        monkeypatch.setattr(ports, "_bases", lambda: iter([number]))
        assert ports.free_base() is None
    assert ports.is_free(number)
    assert not ports.answers(number)
