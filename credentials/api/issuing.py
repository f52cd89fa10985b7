"""Awarding for programs, with an API key of the issuer: each order is done once, however often it is sent."""

import json
from io import BytesIO

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import Form
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, parser_classes
from rest_framework.exceptions import APIException, NotFound, ParseError
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser
from rest_framework.response import Response

from credentials import access, awarding, restoring, roster, standing, tasks
from credentials.addresses import normalise_email
from credentials.api.verification import CredentialSerializer, TooLarge, in_pages, plain
from credentials.forms.issuing import AwardForm, RevokeForm
from credentials.models import AchievementVersion, Award
from issuers import idempotency, limits
from issuers.access import asker_in_api, issuer_for_programs, keep_within
from issuers.api import ByKey
from issuers.idempotency import Reply
from issuers.models import ApiKey

MOST_EVIDENCE = 10
LONGEST_KEY = 255
MOST_BYTES = 1_000_000  # of one order; the longest that the rules allow is far shorter
NO_KEY = (
    "Send an Idempotency-Key: a text of your own for this order, such as a UUID. If the answer is lost, send "
    "the same again, and nobody is awarded twice."
)


class Refused(APIException):
    """The person who sends it can mend it: `detail` says all of it, `fields` what is wrong with which."""

    status_code = 400

    def __init__(self, fields: dict[str, list[str]]):
        said = [
            f"{name}: {sentence}" if name else sentence
            for name, sentences in fields.items()
            for sentence in sentences
        ]
        super().__init__({"detail": " ".join(said), "fields": fields})


class Conflict(APIException):
    status_code = 409


class Json(JSONParser):
    """What a program sends. Whatever JSON can say and we cannot keep is refused with a sentence."""

    def parse(self, stream, media_type=None, parser_context=None):
        sent = stream.read(MOST_BYTES + 1)
        if len(sent) > MOST_BYTES:
            raise TooLarge(f"An order has at most {MOST_BYTES:,} bytes.")
        try:
            found = super().parse(BytesIO(sent), media_type, parser_context)
            json.dumps(found, ensure_ascii=False).encode()
        except RecursionError as trouble:
            raise ParseError("This JSON is nested too deeply.") from trouble
        except UnicodeEncodeError as trouble:
            raise ParseError("This JSON holds half a character (a surrogate without the other).") from trouble
        return found


class OnlyKnown(serializers.Serializer):
    """What it does not know is refused: nobody shall believe that it was signed."""

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := [name for name in data if name not in self.fields]):
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {name: [f"There is no such field. There are: {known}."] for name in unknown}
            )
        return super().to_internal_value(data)


class EvidenceSerializer(OnlyKnown):
    """What shows how it was earned. A name, an address or a narrative is enough."""

    name = serializers.CharField(required=False)
    url = serializers.CharField(required=False)
    genre = serializers.CharField(required=False)
    audience = serializers.CharField(required=False)
    description = serializers.CharField(required=False)
    narrative = serializers.CharField(required=False, help_text="Markdown.")


class OrderSerializer(OnlyKnown):
    """Who is awarded, and what is said of it: as in the form of the issuer's desk, by the same rules."""

    name = serializers.CharField(help_text="As it shall stand on the certificate.")
    email = serializers.CharField(help_text="The news goes there; whoever owns it can claim the credential.")
    awarded_on = serializers.CharField(required=False, help_text="2026-11-26. Without it: today.")
    valid_until = serializers.CharField(required=False, help_text="The last day on which it is valid.")
    licence_number = serializers.CharField(required=False)
    language = serializers.CharField(required=False, help_text="Such as en or pt-BR.")
    results = serializers.DictField(
        child=serializers.CharField(), required=False, help_text="The name or id of a result: its value."
    )
    evidence = serializers.ListField(child=EvidenceSerializer(), required=False, max_length=MOST_EVIDENCE)
    narrative = serializers.CharField(required=False, help_text="What was done for it. Markdown.")
    role = serializers.CharField(required=False)
    term = serializers.CharField(required=False)
    activity_start = serializers.CharField(required=False)
    activity_end = serializers.CharField(required=False)
    credits_earned = serializers.CharField(required=False)
    subject_id = serializers.CharField(required=False, help_text="The DID of the person’s wallet.")
    again = serializers.BooleanField(
        required=False, help_text="Award it also to a person who holds it already."
    )


class AwardedSerializer(CredentialSerializer):
    """A credential as its issuer sees it."""

    recipient_name = serializers.CharField()
    recipient_email = serializers.CharField()
    achievement = serializers.CharField(source="version.achievement.slug")
    version = serializers.IntegerField(source="version.number")
    awarded_at = serializers.DateTimeField()


class ReasonSerializer(OnlyKnown):
    """Why a credential is taken back."""

    reason = serializers.CharField(help_text="Everybody who checks the credential reads it.")


@extend_schema(
    summary="Award a credential",
    request=OrderSerializer,
    responses={201: CredentialSerializer},
    parameters=[
        OpenApiParameter(
            "Idempotency-Key",
            OpenApiTypes.STR,
            OpenApiParameter.HEADER,
            required=True,
            description="Your own text for this order, such as a UUID; it is remembered for 48 hours.",
        )
    ],
)
@api_view(["POST"])
@authentication_classes([ByKey, SessionAuthentication])
@parser_classes([Json])
def award(request, issuer, achievement):
    """Award the newest published version to one person. The news is mailed to them.

    The same order with the same key is answered as before, with `Idempotency-Replayed: true`, and awards
    nothing again. Another order with a key that was used gets 422; one that is being answered already, 409.
    """
    desk = issuer_for_programs(request, issuer, ApiKey.Scope.AWARD)
    version = access.version_to_award(request.user, desk.slug, achievement)
    keep_within(limits.API, request, issuer=desk)
    restoring.notice(desk)  # here, where no refusal undoes what it writes
    order = [request.path, request.data]
    try:
        reply = idempotency.once(
            asker_in_api(request), _key_of(request), order, lambda: _award(version, request)
        )
    except idempotency.InProgress as said:
        raise Conflict(str(said)) from said
    except idempotency.OtherRequest as said:
        return Response({"detail": str(said)}, status=422)
    tasks.send_waiting.delay_on_commit()
    headers = {"Location": reply.body["address"]} if reply.status == 201 else {}
    return Response(
        reply.body,
        status=reply.status,
        headers=headers | ({"Idempotency-Replayed": "true"} if reply.again else {}),
    )


def _key_of(request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise ParseError(NO_KEY)
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise ParseError(f"An Idempotency-Key has at most {LONGEST_KEY} printable characters.")
    return key


def _award(version: AchievementVersion, request) -> Reply:
    """Raises `Refused` for what can be mended, else `Conflict`: then nothing is awarded or kept."""
    form = _form_of(version, request.data)
    try:
        made = awarding.award(version, form.person, by=request.user)
    except awarding.CannotBeAwarded as complaint:
        raise Conflict(str(complaint)) from complaint
    return Reply(201, dict(CredentialSerializer(made).data))


def _form_of(version: AchievementVersion, data) -> AwardForm:
    """The order as the form of the desk, valid."""
    said = _read(OrderSerializer(data=data))
    pieces, results = said.pop("evidence", []), said.pop("results", {})
    told = {name: value for name, value in said.items() if value is not False}
    told |= {
        f"evidence-{number}-{name}": value
        for number, piece in enumerate(pieces)
        for name, value in piece.items()
    }
    form = AwardForm(told | _results(version, results), version=version, pieces=len(pieces))
    if not form.is_valid():
        raise Refused(_of_award_form(form))
    return form


def _read(sent: serializers.Serializer) -> dict:
    """What was sent, or `Refused`."""
    if not sent.is_valid():
        raise Refused(_flat(sent.errors))
    return dict(sent.validated_data)


def _results(version: AchievementVersion, said: dict[str, str]) -> dict[str, str]:
    """By the names of the form's fields. A result is named by its name or its id."""
    known = {one["id"]: one["id"] for one in version.result_descriptions}
    known |= {one["name"]: one["id"] for one in version.result_descriptions}
    if unknown := [name for name in said if name not in known]:
        names = ", ".join(f"“{one['name']}”" for one in version.result_descriptions) or "none"
        raise Refused(
            {"results": [f"There is no result “{name}” here. There are: {names}." for name in unknown]}
        )
    return {roster.RESULT_PREFIX + known[name]: value for name, value in said.items()}


def _of_award_form(form: AwardForm) -> dict[str, list[str]]:
    """What the form says of no field, because another form of its page has it, under the name it has here."""
    found, more = _of_form(form), _of_form(form.more)
    said = {sentence for sentences in more.values() for sentence in sentences}
    others = [sentence for sentence in found.pop("", []) if sentence not in said]
    return found | more | ({"": others} if others else {})


def _of_form(form: Form) -> dict[str, list[str]]:
    return {
        ("" if name == NON_FIELD_ERRORS else name): [str(sentence) for sentence in sentences]
        for name, sentences in form.errors.items()
    }


def _flat(errors, place: str = "") -> dict[str, list[str]]:
    """Errors of nested serializers, each under its place, such as `evidence.0.url`."""
    if isinstance(errors, list):
        return {place: [str(sentence) for sentence in errors]}
    found: dict[str, list[str]] = {}
    for key, inner in errors.items():
        here = [part for part in (place, str(key)) if part and part != "non_field_errors"]
        found |= _flat(inner, ".".join(here))
    return found


def _asked_for(found, asked):
    """Those of an address or an achievement, if asked; an address that can be none finds nothing."""
    if slug := plain(asked.get("achievement", "")):
        found = found.filter(version__achievement__slug=slug)
    if address := plain(asked.get("email", "")):
        try:
            return found.filter(recipient_email=normalise_email(address))
        except ValueError as complaint:
            raise ParseError(str(complaint)) from complaint
    return found


class Pages(PageNumberPagination):
    page_size = 100


@in_pages(Pages)
@extend_schema(
    summary="What an issuer awarded",
    parameters=[
        OpenApiParameter("email", str, description="Only those of this address."),
        OpenApiParameter("achievement", str, description="Only this one: its slug."),
        OpenApiParameter("page", int),
    ],
    responses=AwardedSerializer(many=True),
)
@api_view(["GET"])
@authentication_classes([ByKey, SessionAuthentication])
def awards(request, issuer):
    """The newest first, a hundred a page, for the issuer's members and programs."""
    desk = issuer_for_programs(request, issuer, ApiKey.Scope.READ)
    keep_within(limits.API, request, issuer=desk)
    found = Award.objects.for_cards().filter(version__achievement__issuer=desk)
    pages = Pages()
    page = pages.paginate_queryset(_asked_for(found, request.query_params), request)
    return pages.get_paginated_response(AwardedSerializer(page, many=True).data)


@extend_schema(summary="Revoke a credential", request=ReasonSerializer, responses=AwardedSerializer)
@api_view(["POST"])
@authentication_classes([ByKey, SessionAuthentication])
@parser_classes([Json])
def revoke(request, issuer, pk):
    """Take it back for good. Whoever checks it from now on reads the reason. A second time: 409."""
    desk = issuer_for_programs(request, issuer, ApiKey.Scope.AWARD)
    award = access.award_to_manage(request.user, desk.slug, pk)
    keep_within(limits.API, request, issuer=desk)
    form = RevokeForm(_read(ReasonSerializer(data=request.data)))
    if not form.is_valid():
        raise Refused(_of_form(form))
    try:
        revoked = standing.revoke(award, reason=form.cleaned_data["reason"], by=request.user)
    except standing.AlreadyRevoked as before:
        raise Conflict(str(before)) from before
    except Award.DoesNotExist as erased:
        raise NotFound("No such credential.") from erased
    tasks.send_waiting.delay_on_commit()
    return Response(AwardedSerializer(revoked).data)
