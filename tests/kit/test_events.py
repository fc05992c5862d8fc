"""The event log: what is recorded can be read back, and goes with the transaction it belongs to."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from rebill.kit.errors import Invalid
from rebill.kit.events import EventRow, record_event, record_events, subject_type_of
from rebill.kit.models import Event
from tests.kit.samples import Folder

NOW = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)


@pytest.mark.usefixtures("samples")
class TestRecord:
    def test_an_event_names_its_subject_and_who_did_it(self):
        folder = Folder.objects.create(name="a")

        record_event(seller_id=3, subject=folder, verb="renamed", actor_id=5, now=NOW, details={"from": "ä", "n": [1]})

        event = Event.objects.get()
        assert (event.seller_id, event.subject_type, event.subject_id) == (3, "kit_samples.folder", folder.pk)
        assert (event.verb, event.actor_id, event.occurred_at) == ("renamed", 5, NOW)
        assert event.details == {"from": "ä", "n": [1]}

    def test_seller_actor_and_details_may_be_nothing(self):
        record_event(seller_id=None, subject=("kit.nightly", 0), verb="ran", actor_id=None, now=NOW)

        event = Event.objects.get()
        assert (event.seller_id, event.actor_id, event.details) == (None, None, {})

    def test_an_event_about_an_unsaved_row_is_refused(self):
        with pytest.raises(Invalid):
            record_event(seller_id=1, subject=Folder(name="a"), verb="created", actor_id=None, now=NOW)

    def test_an_event_without_a_verb_is_refused(self):
        with pytest.raises(IntegrityError):
            record_event(seller_id=1, subject=("a", 1), verb="", actor_id=None, now=NOW)

    def test_many_events_keep_their_order(self):
        rows = (EventRow(1, "a", each, "done", None, NOW, {}) for each in range(5_000))

        assert record_events(rows) == 5_000

        assert list(Event.objects.order_by("id").values_list("subject_id", flat=True)) == list(range(5_000))

    def test_an_event_goes_with_its_transaction(self):
        with transaction.atomic():
            record_event(seller_id=1, subject=("a", 1), verb="done", actor_id=None, now=NOW)
            transaction.set_rollback(True)

        assert not Event.objects.exists()


def test_subjects_are_named_by_model():
    assert subject_type_of(Folder) == subject_type_of(Folder(name="a")) == "kit_samples.folder"
