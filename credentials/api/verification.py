"""Credentials for programs: check anything, read one and its Report, find what can be earned."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, parser_classes, permission_classes
from rest_framework.exceptions import APIException, ParseError
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from credentials import access, catalog, extracting, judging, kinds, verifying
from credentials.forms.verification import SmallFilesInMemory
from credentials.judging import Brought
from credentials.openbadges import document as standard
from credentials.openbadges.verify import Outcome, Verdict
from issuers import limits
from issuers.access import keep_within

OUTCOMES = [str(outcome) for outcome in Outcome]
VERDICTS = [str(verdict) for verdict in Verdict]
TOLD = [str(told) for told in judging.WORDS if told != judging.NOT_REACHED]
NOTHING = "Send a credential as the body, or {“address”: “…”}, or a file as multipart/form-data in “file”."
ONE_AT_A_TIME = (
    "Send one file at a time; several came, and an answer is about one. /verify/ takes up to 200 at once."
)


class TooLarge(APIException):
    status_code = 413
    default_detail = extracting.TOO_LARGE


class AnswerSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(OUTCOMES)
    sentence = serializers.CharField()


class AnswersSerializer(serializers.Serializer):
    """The three questions that people ask. One of them alone is no verdict."""

    unchanged = AnswerSerializer()
    still_valid = AnswerSerializer()
    issuer_known = AnswerSerializer()


class CheckSerializer(serializers.Serializer):
    name = serializers.CharField()
    outcome = serializers.ChoiceField(OUTCOMES)
    sentence = serializers.CharField()
    detail = serializers.CharField()


class NamedIssuerSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField(help_text="By its own words.")


class IdentitySerializer(serializers.Serializer):
    """How far the issuer is known: here, by its domain, by nothing but a key, or not at all."""

    level = serializers.ChoiceField(["known_here", "domain_proven", "only_a_key", "nothing"])
    domain = serializers.CharField(
        help_text="What an issuer of this site has proven to own; of a stranger, where its key stands."
    )
    sentence = serializers.CharField()


class ReportSerializer(serializers.Serializer):
    """What was found out. Whatever could not be found out is unknown, never passed."""

    verdict = serializers.ChoiceField(VERDICTS)
    told = serializers.ChoiceField(
        TOLD,
        help_text="The verdict, or a word that says more: “unread”, there was no credential in it; "
        "“stranger”, valid, of an issuer that is not known here; “paper”, only what is around a genuine "
        "credential was changed; “inside”, something that it carries is false; “receipt”, of a check.",
    )
    reason = serializers.CharField()
    checked_at = serializers.CharField()
    answers = AnswersSerializer()
    checks = CheckSerializer(many=True)
    issuer = NamedIssuerSerializer()
    issuer_identity = IdentitySerializer()
    subject_name = serializers.CharField()
    title = serializers.CharField()
    valid_from = serializers.CharField(allow_null=True)
    valid_until = serializers.CharField(allow_null=True)
    inner = serializers.ListField(
        child=serializers.DictField(), help_text="Of a learner record: a Report of each credential in it."
    )
    remarks = serializers.ListField(
        child=serializers.CharField(),
        help_text="What changes no verdict here, such as a form that other programs may refuse.",
    )


class CredentialSerializer(serializers.Serializer):
    """A credential of this site as it stands now."""

    id = serializers.UUIDField(source="pk")
    code = serializers.CharField(help_text="Short, to be typed at /verify/.")
    address = serializers.CharField(source="url")
    document = serializers.SerializerMethodField(help_text="The address of the signed document.")
    standing = serializers.CharField(help_text="By its dates and what its issuer did with it.")
    key_withdrawn = serializers.BooleanField(
        help_text="Its key was withdrawn as stolen, from before it was recorded here: whatever its standing, "
        "it does not count."
    )

    def get_document(self, award) -> str:
        return f"{award.url.rstrip('/')}.json"


class CredentialReportSerializer(CredentialSerializer):
    report = ReportSerializer()


class AchievementSerializer(serializers.Serializer):
    """Something that can be earned, in its newest published version."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(list(kinds.KINDS))
    issuer = serializers.CharField(source="issuer.slug")
    version = serializers.IntegerField(source="current.number")
    description = serializers.CharField(source="current.description")
    address = serializers.SerializerMethodField()

    def get_address(self, achievement) -> str:
        return settings.PUBLIC_BASE_URL + achievement.get_absolute_url()


class Anything(BaseParser):
    """The body as it is: it is judged, never taken apart on the way."""

    media_type = "*/*"

    def parse(self, stream, media_type=None, parser_context=None) -> bytes:
        return stream.read(extracting.MAX_BYTES + 1)


@extend_schema(
    summary="Check a credential",
    request={
        "application/json": OpenApiTypes.OBJECT,
        "multipart/form-data": {
            "type": "object",
            "properties": {"file": {"type": "string", "format": "binary"}},
            "required": ["file"],
        },
    },
    responses=ReportSerializer,
)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
@parser_classes([MultiPartParser, Anything])
def verify(request):
    """The Report on a credential, ours or anybody's. No account is needed; nothing that is sent is kept.

    Send the credential itself as the body (JSON or JWT), `{"address": "…"}` with an address, an id or a short
    code, or one file in `file` (PDF, PNG, SVG, JSON, JWT, a photo of the QR code).
    """
    keep_within(limits.FILES, request)
    request._request.upload_handlers = [SmallFilesInMemory(request._request)]
    return Response(ReportSerializer(judging.as_dict(_judged(request))).data)


def _judged(request):
    try:
        sent = request.data
    except RequestDataTooBig:
        raise TooLarge from None
    if isinstance(sent, bytes):
        return _judged_body(request, sent)
    if getattr(request._request, "upload_too_large", False):
        raise TooLarge
    if sum(len(files) for _, files in request.FILES.lists()) > 1:
        raise ParseError(ONE_AT_A_TIME)
    if file := request.FILES.get("file"):
        return _judged_file(Brought(file.name, file.read()))
    if address := sent.get("address", "").strip():
        return _judged_address(request, address)
    raise ParseError(NOTHING)


def _judged_address(request, address: str):
    keep_within(limits.VERIFY, request)
    return judging.judge_address(address)


def _judged_body(request, data: bytes):
    """An address by itself, or else the credential."""
    if not data.strip():
        raise ParseError(NOTHING)
    try:
        found = standard.parse(data)
    except standard.Malformed:
        return _judged_file(Brought("", data))
    if set(found) == {"address"} and isinstance(found["address"], str) and found["address"].strip():
        return _judged_address(request, found["address"])
    return _judged_file(Brought("", data))


def _judged_file(brought: Brought):
    if len(brought.data) > extracting.MAX_BYTES:
        raise TooLarge
    return judging.judge(brought)


@extend_schema(summary="A credential of this site and its Report", responses=CredentialReportSerializer)
@api_view(["GET"])
@permission_classes([AllowAny])
def credential(request, pk):
    """Its standing and the Report of a check made now. A private one is there for those who may see it."""
    award = access.award_to_see(request.user, pk)
    report = ReportSerializer(judging.as_dict(verifying.verify_award(award))).data
    return Response({**CredentialSerializer(award).data, "report": report})


class Pages(PageNumberPagination):
    page_size = 20


def in_pages(pages: type[PageNumberPagination]):
    """Let the OpenAPI document say that a list comes in these pages."""

    def mark(view):
        view.cls.pagination_class = pages
        return view

    return mark


@in_pages(Pages)
@extend_schema(
    summary="What can be earned",
    parameters=[
        OpenApiParameter("q", str, description="Words in the name, description, skills or the issuer."),
        OpenApiParameter("kind", str, enum=list(kinds.KINDS)),
        OpenApiParameter("issuer", str, description="The slug of an issuer."),
        OpenApiParameter("page", int),
    ],
    responses=AchievementSerializer(many=True),
)
@api_view(["GET"])
@permission_classes([AllowAny])
def achievements(request):
    """The catalogue: achievements that are offered, by name, twenty a page."""
    asked = {name: plain(request.query_params.get(name, "")) for name in ("kind", "issuer")}
    found = catalog.search(catalog.Wanted(words=plain(request.query_params.get("q", "")), **asked))
    pages = Pages()
    page = pages.paginate_queryset(found, request)
    return pages.get_paginated_response(AchievementSerializer(page, many=True).data)


def plain(text: str) -> str:
    """PostgreSQL refuses to look for a NUL."""
    return text.replace("\x00", "").strip()[:200]
