"""What somebody may bring to be checked: an address or id, the text of a credential, or a file."""

from io import BytesIO

from django import forms
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext_lazy as _

from credentials import extracting

LONGEST_TEXT = 256 * 1024


class SmallFilesInMemory(FileUploadHandler):
    """Keeps what is uploaded in memory only, and stops keeping at the limit.

    The rest of a file that is too large is read and forgotten, so that the visitor gets an answer instead of
    a broken connection. `request.upload_too_large` says that it happened.
    """

    def __init__(self, request, limit: int = extracting.MAX_BYTES):
        super().__init__(request)
        request.upload_too_large = False
        self.left = limit

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data, start):
        self.left -= len(raw_data)
        if self.left < 0:
            self.request.upload_too_large = True
            raise StopUpload(connection_reset=False)
        self.kept.write(raw_data)

    def file_complete(self, file_size):
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept, self.field_name, self.file_name, self.content_type, file_size, self.charset
        )


class VerifyForm(forms.Form):
    """One box and one file; one of them is enough."""

    use_required_attribute = False

    q = forms.CharField(
        label=_("Address or number of the credential"),
        max_length=LONGEST_TEXT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Paste the address of a credential here, or choose a file below."),
            "max_length": _("This is far too long for an address or a credential."),
        },
    )
    file = forms.FileField(
        label=_("Or a file: the PDF certificate, or the JSON"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.json,.jsonld,application/pdf,application/json"}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("file") is not None and not self.data.get("q", "").strip():
            self.errors.pop("q", None)  # the file is enough
        return cleaned
