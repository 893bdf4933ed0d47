"""Random walks of a few clients, and a model of what each is to get: sessions, wills, what is retained, and the end of the
server. Both versions of MQTT, by hand, since a client's library hides what the server has sent.
"""

import collections
import random
import socket
import struct

from lib import Raw, packet, text, unique, until

Message = collections.namedtuple("Message", "topic payload qos retain")
Will = collections.namedtuple("Will", "topic payload qos retain delay")
Options = collections.namedtuple("Options", "qos no_local as_published handling")

# Kinds of packets, the upper half of their first byte.
CONNACK, PUBLISH, PUBACK, SUBACK, UNSUBACK, PINGRESP, DISCONNECT = 2, 3, 4, 9, 11, 13, 14
# How long an MQTT 3.1.1 session lasts, by the server's default.
AN_HOUR = 3600


def _properties(pairs=b""):
    assert len(pairs) < 128
    return bytes([len(pairs)]) + pairs


class Client:
    """A connection that keeps what it gets until it is asked for; QoS 1 messages it acknowledges or not."""

    def __init__(self, server, device, client_id, five, clean, expiry, will, acknowledges):
        self.raw, self.five, self.acknowledges = server.raw(device), five, acknowledges
        self.inbox, self.replies, self.unacknowledged, self.code = [], [], [], None
        flags = (2 if clean else 0) | (4 | will.qos << 3 | will.retain << 5 if will else 0)
        head = text("MQTT") + bytes([5 if five else 4, flags]) + struct.pack("!H", 60)
        body = text(client_id)
        if five:
            head += _properties(struct.pack("!BI", 0x11, expiry))
        if will:
            delay = struct.pack("!BI", 0x18, will.delay) if will.delay else b""
            body += (_properties(delay) if five else b"") + text(will.topic) + text(will.payload)
        self.raw.send(packet(0x10, head + body))
        kind, answer = self.raw.receive()
        assert (kind >> 4, answer[1]) == (CONNACK, 0), (kind, answer)
        self.session_present = bool(answer[0])

    def _reply(self, kind):
        """The next reply of this kind; messages that come before go to the inbox. None at the end of the connection."""
        while True:
            for at, (found, body) in enumerate(self.replies):
                if found == kind:
                    del self.replies[at]
                    return body
            got = self.raw.receive()
            if got is None:
                return None
            first, body = got
            if first >> 4 == PUBLISH:
                self._message(first, body)
            else:
                self.code = body[0] if first >> 4 == DISCONNECT and body else self.code
                self.replies.append((first >> 4, body))

    def _message(self, first, body):
        assert not first & 8, "AWS never sets DUP"
        length = struct.unpack_from("!H", body)[0]
        topic, rest = body[2 : 2 + length].decode(), body[2 + length :]
        qos = first >> 1 & 3
        if qos:
            identifier, rest = rest[:2], rest[2:]
            if self.acknowledges:
                self.raw.send(packet(0x40, identifier))
            else:
                self.unacknowledged.append(identifier)
        if self.five:
            # A Message Expiry Interval, or nothing.
            assert rest[0] == 0 or rest[:2] == b"\x05\x02", rest
            rest = rest[1 + rest[0] :]
        self.inbox.append(Message(topic, rest.decode(), qos, first & 1))

    def settled(self):
        """What is under way has come: what a ping overtakes comes before the answer to the next."""
        for _ in range(2):
            self.raw.send(b"\xc0\x00")
            assert self._reply(PINGRESP) is not None, f"the connection has ended, {self.code}"

    def subscribe(self, filters):
        body = b"\x00\x01" + (_properties() if self.five else b"")
        for name, (qos, no_local, as_published, handling) in filters:
            body += text(name) + bytes([qos | no_local << 2 | as_published << 3 | handling << 4])
        self.raw.send(packet(0x82, body))
        answer = self._reply(SUBACK)
        assert list(answer[3 if self.five else 2 :]) == [options.qos for _, options in filters]

    def unsubscribe(self, filters):
        body = b"\x00\x01" + (_properties() if self.five else b"") + b"".join(map(text, filters))
        self.raw.send(packet(0xA2, body))
        assert self._reply(UNSUBACK) is not None

    def publish(self, topic, payload, qos, retain, lasts):
        identifier = b"\x00\x07" if qos else b""
        properties = _properties(struct.pack("!BI", 2, lasts) if lasts else b"") if self.five else b""
        self.raw.send(packet(0x30 | qos << 1 | retain, text(topic) + identifier + properties + payload.encode()))
        if qos:
            assert self._reply(PUBACK)[:2] == identifier
        else:
            self.settled()

    def acknowledge(self):
        for identifier in self.unacknowledged:
            self.raw.send(packet(0x40, identifier))
        self.unacknowledged = []
        self.settled()

    def leave(self, packet_of_leave):
        self.raw.send(packet_of_leave)
        self.ended()

    def hang_up(self):
        """Closes without a word, of TLS's either. The server closes its side once all that the end brings is under way."""
        self.raw.socket.shutdown(socket.SHUT_WR)
        while self.raw.socket.recv(65536):
            pass
        self.raw.close()

    def ended(self):
        """Reads to the end."""
        assert self._reply(None) is None
        self.raw.close()


class Place:
    """A client id as the model has it."""

    def __init__(self):
        self.connection, self.will, self.expected = None, None, []
        self.five, self.expiry = False, 0
        # When its connection ended, and the will that waits for its time: (when, will).
        self.left, self.waits = 0, None
        self.ends_session()

    def ends_session(self):
        # Subscriptions (None without a session); QoS 1 messages that are not acknowledged, and until when they last; what
        # of the others may come once more, since the server was killed.
        self.subscriptions, self.queue = None, []
        self.acknowledged, self.again = [], collections.Counter()

    def acknowledges(self):
        self.acknowledged += [message for message, _ in self.queue]
        self.queue = []

    def keeps(self):
        return self.subscriptions is not None and self.expiry > 0


def matches(wanted, topic):
    """As AWS does it: `a/#` is not `a`."""
    levels, names = wanted.split("/"), topic.split("/")
    for at, level in enumerate(levels):
        if level == "#":
            return len(names) > at
        if at >= len(names) or level not in ("+", names[at]):
            return False
    return len(levels) == len(names)


class Walk:
    """One walk. `seed` makes it the same again; `move` moves the server's clock by so many seconds."""

    def __init__(self, server, device, seed, move=None):
        self.move, self.now = move, 0
        self.server, self.device, self.random = server, device, random.Random(seed)
        self.base, self.retained, self.count, self.trace = unique("walk"), {}, 0, []
        self.places = {f"{self.base}-{number}": Place() for number in range(4)}
        self.topics = [f"{self.base}/{end}" for end in ("a", "a/b", "b", "a/b/c")]
        self.filters = self.topics + [f"{self.base}/{end}" for end in ("#", "+", "+/b", "a/#", "will/+")]
        self.watch()

    def watch(self):
        """Somebody hears of each will."""
        self.data = self.server.client("iot-data")
        self.watcher = Client(self.server, self.device, f"{self.base}-watcher", False, False, AN_HOUR, None, True)
        self.watcher.subscribe([(f"{self.base}/will/+", Options(0, 0, 0, 0)), (f"{self.base}-written", Options(1, 0, 0, 0))])

    def go(self, steps, kills):
        kinds = {self.connect: 3, self.subscribe: 4, self.unsubscribe: 1, self.publish: 8, self.leave: 2, self.acknowledge: 1,
                 self.delete: 0.5}  # fmt: skip
        if kills:
            kinds[self.kill] = 0.5
        if self.move:
            kinds[self.wait] = 2
        try:
            for _ in range(steps):
                (step,) = self.random.choices([*kinds], [*kinds.values()])
                client_id = self.random.choice([*self.places])
                step(client_id, self.places[client_id])
                self.settle()
        except BaseException:
            print(*self.trace, sep="\n")
            raise
        finally:
            for place in self.places.values():
                if place.connection:
                    place.connection.raw.close()
            self.watcher.raw.close()

    def say(self, *what):
        self.trace.append(what)

    def chance(self, share):
        return self.random.random() < share

    def deliver(self, publisher, topic, payload, qos, retain, lasts=None):
        until_when = self.now + lasts if lasts else float("inf")
        if retain and payload:
            self.retained[topic] = (payload, qos, until_when)
        elif retain:
            self.retained.pop(topic, None)
        for client_id, place in self.places.items():
            if place.subscriptions is None:
                continue
            hit = [
                options for wanted, options in place.subscriptions.items()
                if matches(wanted, topic) and not (options.no_local and publisher == client_id)
            ]  # fmt: skip
            if hit:
                granted = min(max(options.qos for options in hit), qos)
                flag = int(retain and any(options.as_published for options in hit))
                self.due(place, Message(topic, payload, granted, flag), until_when)

    def due(self, place, message, until_when):
        if place.connection:
            place.expected.append(message)
        if message.qos and place.keeps():
            place.queue.append((message, until_when))
            if place.connection and place.connection.acknowledges:
                place.acknowledges()

    def over(self, client_id, place, will):
        """A connection has ended, and leaves this will."""
        place.connection, place.will, place.left, place.expected = None, None, self.now, []
        if will and place.keeps() and will.delay:
            place.waits = (self.now + min(will.delay, place.expiry), will)
        elif will:
            self.deliver(client_id, *will[:4])
        if place.expiry == 0:
            self.end_session(client_id, place)

    def end_session(self, client_id, place):
        waits, place.waits = place.waits, None
        place.ends_session()
        if waits:
            self.deliver(client_id, *waits[1][:4])
            until(lambda: self.is_out(waits[1]), f"{waits[1]} goes out")

    def settle(self):
        """Everybody who is connected has got what is due, in the order of each topic, and nothing else."""
        for client_id, place in self.places.items():
            connection = place.connection
            if not connection:
                continue

            def all_came():
                connection.settled()
                return len(connection.inbox) >= len(place.expected)

            until(all_came, f"{client_id} gets {place.expected}; there are {connection.inbox}", seconds=10)
            got, expected = connection.inbox, place.expected
            more, less = collections.Counter(got), collections.Counter(expected)
            assert not less - more and not more - less - place.again, (client_id, got, expected)
            live = [message for message in got if not message.retain]
            for topic, qos in {(m.topic, m.qos) for m in live if more == less}:
                of = [m for m in live if (m.topic, m.qos) == (topic, qos)]
                assert of == [m for m in expected if (m.topic, m.qos, m.retain) == (topic, qos, 0)], client_id
            connection.inbox, place.expected = [], []

    # Steps.

    def connect(self, client_id, place):
        five, clean, acknowledges = self.chance(0.5), self.chance(0.3), self.chance(0.5)
        expiry = self.random.choice([0, 0, 1000]) if five else 0 if clean else AN_HOUR
        self.count += 1
        # Each on a topic of its own: of several that go out at once the order is nobody's.
        delay = self.random.choice([0, 250, 2000]) if five and self.move else 0
        topic, payload = f"{self.base}/will/{self.count}", f"will {self.count}"
        will = Will(topic, payload, self.random.choice([0, 1]), self.chance(0.3), delay) if self.chance(0.4) else None
        self.say("connect", client_id, five, clean, expiry, will, acknowledges)
        resumed = place.keeps() and not clean and place.five == five
        old, left = place.connection, place.will
        place.connection, place.will, place.expected = None, None, []
        new = Client(self.server, self.device, client_id, five, clean, expiry, will, acknowledges)
        assert new.session_present == resumed
        if old:
            old.ended()
            assert old.code == (0x8E if old.five else None)
        # Its session goes on, so that its will is for the next end; or it is over.
        waited = resumed and left and left.delay
        if resumed:
            place.waits = None
        else:
            self.end_session(client_id, place)
        place.connection, place.will, place.five, place.expiry = new, will, five, expiry
        place.subscriptions = {} if place.subscriptions is None else place.subscriptions
        place.expected = [message for message, _ in place.queue]
        if acknowledges:
            place.acknowledges()
        if left and not waited:
            self.deliver(client_id, *left[:4])

    def subscribe(self, client_id, place):
        if not place.connection:
            return
        wanted = []
        for name in self.random.sample(self.filters, self.random.randint(1, 3)):
            five = place.five
            handling = self.random.choice([0, 1, 2]) if five else 0
            flags = (int(five and self.chance(0.3)), int(five and self.chance(0.3)))
            wanted.append((name, Options(self.random.choice([0, 1]), *flags, handling)))
        self.say("subscribe", client_id, wanted)
        place.connection.subscribe(wanted)
        for name, options in wanted:
            is_new = name not in place.subscriptions
            place.subscriptions[name] = options
            if name in self.retained and (options.handling == 0 or options.handling == 1 and is_new):
                payload, qos, until_when = self.retained[name]
                self.due(place, Message(name, payload, min(qos, options.qos), 1), until_when)

    def unsubscribe(self, client_id, place):
        if place.connection:
            dropped = self.random.sample(self.filters, 2)
            self.say("unsubscribe", client_id, dropped)
            place.connection.unsubscribe(dropped)
            for name in dropped:
                place.subscriptions.pop(name, None)

    def publish(self, client_id, place):
        if place.connection:
            self.count += 1
            retain = int(self.chance(0.4))
            payload = "" if retain and self.chance(0.2) else str(self.count)
            lasts = self.random.choice([None, 200, 3000]) if place.five and self.move else None
            what = (self.random.choice(self.topics), payload, self.random.choice([0, 1]), retain, lasts)
            self.say("publish", client_id, *what)
            place.connection.publish(*what)
            self.deliver(client_id, *what)

    def acknowledge(self, client_id, place):
        if place.connection:
            self.say("acknowledge", client_id)
            place.connection.acknowledge()
            place.acknowledges()

    def leave(self, client_id, place):
        if not place.connection:
            return
        connection, will = place.connection, place.will
        how = self.random.choice(["goodbye", "with its will", "without a word"])
        changed = self.random.choice([None, 0, 500]) if connection.five and place.expiry else None
        self.say("leave", client_id, how, changed)
        if how == "goodbye" and changed is not None:
            connection.leave(b"\xe0\x07\x00" + _properties(struct.pack("!BI", 0x11, changed)))
            place.expiry, will = changed, None
        elif how == "goodbye":
            connection.leave(b"\xe0\x00")
            will = None
        elif how == "with its will" and connection.five:
            connection.leave(b"\xe0\x01\x04")
        else:
            connection.hang_up()
        now = will and not (place.keeps() and will.delay)
        self.over(client_id, place, will)
        if now:
            until(lambda: self.is_out(will), f"{will} goes out")

    def delete(self, client_id, place):
        """As an operator ends it: DeleteConnection."""
        if not place.connection and not place.keeps():
            return
        connection, will = place.connection, place.will
        clean, silent = self.chance(0.5), self.chance(0.5)
        self.say("delete", client_id, clean, silent)
        self.data.delete_connection(clientId=client_id, cleanSession=clean, preventWillMessage=silent)
        if connection:
            connection.ended()
            assert connection.code == (0x98 if connection.five else None)
            self.over(client_id, place, None if silent else will)
        if clean:
            self.end_session(client_id, place)

    def is_out(self, will):
        self.watcher.settled()
        return will.payload in [message.payload for message in self.watcher.inbox]

    def kill(self, _, __):
        self.say("kill")
        self.server.kill()
        self.server.start()
        for client_id, place in self.places.items():
            place.again = collections.Counter(place.acknowledged)
            if place.connection:
                place.connection.raw.close()
                self.over(client_id, place, place.will)
        self.watch()

    def wait(self, _, __):
        """Time goes by."""
        seconds = self.random.choice([300, 900])
        self.say("wait", seconds)
        # Its PUBACK says that what sessions have been through is written down, ends of their connections included.
        self.watcher.publish(f"{self.base}-written", "", 1, 0, None)
        self.now += seconds
        self.move(seconds)
        due = []
        for client_id, place in self.places.items():
            place.queue = [(message, until_when) for message, until_when in place.queue if until_when > self.now]
            if place.waits and place.waits[0] <= self.now:
                due.append((client_id, place.waits[1]))
                place.waits = None
            if not place.connection and place.keeps() and place.left + place.expiry <= self.now:
                self.end_session(client_id, place)
        self.retained = {topic: kept for topic, kept in self.retained.items() if kept[2] > self.now}
        for client_id, will in due:
            self.deliver(client_id, *will[:4])
            until(lambda will=will: self.is_out(will), f"{will} goes out")
