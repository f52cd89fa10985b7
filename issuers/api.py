"""Issuers for programs: what everybody may know about one."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from issuers import access


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
