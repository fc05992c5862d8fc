"""Call files that come in pieces: what happens when a sender begins anew while a piece of its own is coming in."""

import pytest

from rebill.interfaces.calls.uploads import OffsetDiffers, add_piece, begin_upload, bytes_path
from tests.factories import NOW, acting_of, make_seller
from tests.sources.usage.intake import make_switch

pytestmark = pytest.mark.django_db


def test_a_piece_that_comes_while_another_is_coming_in_is_not_mixed_with_it():
    seller = make_seller()
    acting, switch = acting_of(seller), make_switch(seller)
    upload = begin_upload(acting=acting, switch=switch.code, name="calls.csv", now=NOW)

    def arriving():
        yield b"first "
        with pytest.raises(OffsetDiffers, match="coming in"):
            add_piece(acting=acting, upload_id=upload.id, offset=0, pieces=[b"again"])
        yield b"piece"

    received = add_piece(acting=acting, upload_id=upload.id, offset=0, pieces=arriving()).received

    assert bytes_path(acting=acting, upload_id=upload.id).read_bytes() == b"first piece"
    assert add_piece(acting=acting, upload_id=upload.id, offset=received, pieces=[b"!"]).received == 12
