"""Files that bring purchase invoices: e-invoices, tables read by their columns, and messages with either attached."""

from http import HTTPStatus
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from ninja import File, Form
from ninja.files import UploadedFile
from pydantic import Field

from rebill.access.acting import Permission, require
from rebill.access.scopes import Area
from rebill.interfaces.api.caller import MULTIPART, ApiRequest
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.imports import FileRead, texts_by_name
from rebill.interfaces.api.values import Shown, Text
from rebill.interfaces.imports.inspecting import Wishes
from rebill.interfaces.purchases.arriving import Arrived, take_file

purchase_files = Endpoints(Area.PURCHASES, "Files of purchase invoices")


class PurchaseTableRead(FileRead):
    """How the columns of a table are to be read, where its headings leave a choice; of other files nothing."""

    values: Text = Field("", description="A JSON object: the value of a field for every line, by the field's name.")


class ArrivedShown(Shown):
    """What became of a file, or of what is attached to a message. `left` is an attachment that is no invoice; what was
    there already is `known`, and named."""

    name: str
    outcome: Literal["taken", "known", "left", "refused"]
    purchase_ids: list[int]
    why: str


class PurchaseFilesShown(Shown):
    """What became of it all: one answer for a file, for a message one for each thing attached."""

    files: list[ArrivedShown]


@purchase_files.write("POST", "/purchase-files", status=HTTPStatus.CREATED, media_type=MULTIPART)
def take_purchase_file(
    request: ApiRequest, file: Annotated[UploadedFile, File()], said: Annotated[PurchaseTableRead, Form()]
) -> PurchaseFilesShown:
    """Take in whatever brings purchase invoices: an e-invoice, a CSV or Excel table, a mail message with attachments.

    Columns are recognised by their headings; `mapping` says what those are that are not, and is remembered for the next
    table with these headings. A table is taken whole or not at all.
    """
    require(request.acting, Permission.KEEP_PURCHASES)
    values = {name: value or "" for name, value in texts_by_name("values", said.values).items()}
    wishes = Wishes(options=said.options(), mapping=said.columns(), constants=values)
    arrived = take_file(
        acting=request.acting, content=file.read(), name=file.name or _("invoice"), now=request.now, wishes=wishes
    )
    return PurchaseFilesShown(files=[_show_arrived(each) for each in arrived])


def _show_arrived(arrived: Arrived) -> ArrivedShown:
    outcome: Literal["taken", "known", "left", "refused"] = "refused"
    ids = [each.pk for each in arrived.invoices]
    if ids:
        outcome = "taken"
    elif arrived.first_id is not None:
        outcome, ids = "known", [arrived.first_id]
    elif arrived.is_left:
        outcome = "left"
    return ArrivedShown(name=arrived.name, outcome=outcome, purchase_ids=ids, why=arrived.words)
