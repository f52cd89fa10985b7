"""The API: its addresses, its OpenAPI document a page that reads it to people, errors as sentences."""

from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import exception_handler

from credentials.api import issuing, verification
from issuers import api as issuers
from issuers.limits import TooOften

METHODS = ("get", "post", "put", "patch", "delete")


@extend_schema(exclude=True)
@api_view(["GET"])
@permission_classes([AllowAny])
def root(request):
    """Where to begin."""
    names = {
        "verify": "api_verify",
        "achievements": "api_achievements",
        "schema": "api_schema",
        "docs": "api_docs",
    }
    return Response({name: reverse(address, request=request) for name, address in names.items()})


def in_sentences(error, context):
    """What DRF answers to an error, and 429 with the seconds to wait."""
    if isinstance(error, TooOften):
        return Response({"detail": str(error)}, status=429, headers={"Retry-After": str(error.wait)})
    return exception_handler(error, context)


@require_safe
def docs(request):
    """The OpenAPI document as a page: no script, nothing to install."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    operations = [
        operation_of(address, method, one[method])
        for address, one in schema["paths"].items()
        for method in METHODS
        if method in one
    ]
    shapes = [shape_of(name, one) for name, one in schema["components"]["schemas"].items()]
    context = {"info": schema["info"], "operations": operations, "shapes": shapes}
    return render(request, "api/docs.html", context)


def operation_of(address: str, method: str, found: dict) -> dict:
    bodies = found.get("requestBody", {}).get("content", {})
    return {
        "id": found["operationId"],
        "method": method.upper(),
        "address": address,
        "summary": found.get("summary", ""),
        "description": found.get("description", ""),
        "parameters": [
            {
                "name": one["name"],
                "place": one["in"],
                "type": type_of(one["schema"])[0],
                "description": one.get("description", ""),
            }
            for one in found.get("parameters", [])
        ],
        "bodies": list(bodies),
        "answers": [
            (code, *type_of(content["schema"]))
            for code, answer in found["responses"].items()
            for content in answer.get("content", {}).values()
        ],
        "closed": {} not in found.get("security", [{}]),
    }


def shape_of(name: str, found: dict) -> dict:
    fields = [
        dict(
            zip(("type", "shape"), type_of(one), strict=True),
            name=field,
            description=one.get("description", ""),
        )
        for field, one in found.get("properties", {}).items()
    ]
    said = found.get("description", "")
    return {"name": name, "description": said, "fields": fields, "enum": found.get("enum", [])}


def type_of(schema: dict) -> tuple[str, str]:
    """A type in words, and the shape that it names, or ""."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name, name
    if schema.get("type") == "array":
        words, shape = type_of(schema.get("items", {}))
        return f"list of {words}", shape
    for together in ("allOf", "oneOf", "anyOf"):
        if together in schema:
            return type_of(schema[together][0])
    return schema.get("format") or schema.get("type", "anything"), ""


schema = extend_schema(exclude=True)(SpectacularAPIView)

urlpatterns = [
    path("api/v1/", root, name="api_root"),
    path("api/v1/verify/", verification.verify, name="api_verify"),
    path("api/v1/credentials/<uuid:pk>/", verification.credential, name="api_credential"),
    path("api/v1/achievements/", verification.achievements, name="api_achievements"),
    path("api/v1/issuers/<slug:slug>/", issuers.issuer, name="api_issuer"),
    path("api/v1/issuers/<slug:issuer>/awards/", issuing.awards, name="api_awards"),
    path(
        "api/v1/issuers/<slug:issuer>/achievements/<slug:achievement>/awards/",
        issuing.award,
        name="api_award",
    ),
    path("api/v1/issuers/<slug:issuer>/awards/<uuid:pk>/revoke/", issuing.revoke, name="api_revoke"),
    path("api/v1/schema/", schema.as_view(permission_classes=[AllowAny]), name="api_schema"),
    path("api/docs/", docs, name="api_docs"),
]
