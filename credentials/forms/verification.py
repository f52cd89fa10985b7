"""What somebody may bring to be checked: an address, an id or a code, the text of a credential, or files."""

from io import BytesIO

from django import forms
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext_lazy as _

from credentials import extracting, judging

LONGEST_TEXT = 256 * 1024
ACCEPTED = (
    ".pdf,.json,.jsonld,.jwt,.txt,.png,.svg,.jpg,.jpeg,.webp,application/pdf,application/json,"
    "image/png,image/svg+xml,image/jpeg,image/webp"
)
TOO_MUCH = _("Together these files have more than 100 MB. Bring them in several goes.")
TOO_MANY = _("These are more than 200 files. Bring them in several goes.")


class SmallFilesInMemory(FileUploadHandler):
    """Keeps what is uploaded in memory only: of each file no more than a byte over its limit, and no more
    than 100 MB in all.

    What is too much is read and forgotten, so that the visitor gets an answer instead of a broken connection.
    `request.upload_too_large` says that it was too much in all.
    """

    def __init__(self, request, limit: int = extracting.MAX_BYTES, in_all: int = judging.ALL_BYTES):
        super().__init__(request)
        request.upload_too_large = False
        self.limit, self.left = limit, in_all

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data, start):
        self.left -= len(raw_data)
        if self.left < 0:
            self.request.upload_too_large = True
            raise StopUpload(connection_reset=False)
        self.kept.write(raw_data[: max(0, self.limit + 1 - self.kept.tell())])

    def file_complete(self, file_size):
        size = self.kept.tell()
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept, self.field_name, self.file_name, self.content_type, size, self.charset
        )


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.FileField):
    """Any number of files, as a list."""

    widget = SeveralFiles

    def clean(self, data, initial=None):
        return [super(FilesField, self).clean(one, initial) for one in data or []]


class VerifyForm(forms.Form):
    """One box and any number of files; one of them is enough."""

    use_required_attribute = False

    q = forms.CharField(
        label=_("Address or number of the credential"),
        help_text=_("The number may be the short code that is printed on it."),
        max_length=LONGEST_TEXT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Paste the address of a credential here, or choose a file below."),
            "max_length": _("This is far too long for an address or a credential."),
        },
    )
    file = FilesField(
        label=_("Or files"),
        help_text=_(
            "The PDF certificate, the picture of the badge (PNG or SVG), the JSON or JWT, or a photo of the "
            "QR code. One, or up to 200 at once: 10 MB each, 100 MB together."
        ),
        required=False,
        allow_empty_file=True,
        widget=SeveralFiles(attrs={"accept": ACCEPTED}),
        error_messages={"max_length": _("The name of a file is too long.")},
    )

    def clean_file(self):
        files = self.cleaned_data["file"]
        if len(files) > judging.MOST_FILES:
            raise forms.ValidationError(TOO_MANY)
        return files

    def clean(self):
        cleaned = super().clean()
        brought = cleaned.get("file") or "file" in self.errors
        if brought and not self.data.get("q", "").strip():
            self.errors.pop("q", None)  # the file is enough, or what is wrong with it is
        return cleaned
