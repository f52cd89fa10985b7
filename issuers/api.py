"""Issuers for programs: what everybody may know about one, and how its own programs sign in."""

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.decorators import api_view, permission_classes
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from issuers import access, api_keys


class ByKey(BaseAuthentication):
    """`Authorization: Bearer testamur_…`: the maker of the API key, and as `request.auth` the key."""

    def authenticate(self, request):
        scheme, _, whole = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = api_keys.find(whole.strip())
        if key is None:
            raise AuthenticationFailed("This API key is unknown, was revoked or has ended.")
        return key.made_by, key

    def authenticate_header(self, request):
        return "Bearer"


class ByKeyInSchema(OpenApiAuthenticationExtension):
    target_class = "issuers.api.ByKey"
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "An API key of an issuer."}


class IssuerSerializer(serializers.Serializer):
    """An organisation that vouches."""

    slug = serializers.CharField()
    name = serializers.CharField()
    did = serializers.CharField(help_text="The identifier that is signed into its credentials.")
    address = serializers.SerializerMethodField(help_text="Its page on this site.")
    url = serializers.CharField(help_text="Its own web address, by its own word.")
    description = serializers.CharField()
    country = serializers.CharField(help_text="Two letters, or nothing.")
    verified_domain = serializers.CharField(help_text="The domain that it has proven to own, or nothing.")
    lost_domain = serializers.CharField(
        help_text="One that it had proven and that says so no more, or nothing."
    )
    domain_lost_at = serializers.DateTimeField(allow_null=True)
    suspended_at = serializers.DateTimeField(allow_null=True)

    def get_address(self, issuer) -> str:
        return settings.PUBLIC_BASE_URL + issuer.get_absolute_url()


@extend_schema(summary="An issuer", responses=IssuerSerializer)
@api_view(["GET"])
@permission_classes([AllowAny])
def issuer(request, slug):
    """What everybody may know about an issuer of this site, also when it is suspended."""
    return Response(IssuerSerializer(access.public_issuer(slug)).data)
