"""Addresses of the issuer's desk where credentials are awarded."""

from django.urls import path

from credentials.views import erasing, issuing

DESK = "dashboard/<slug:issuer>/"
ROSTER = DESK + "rosters/<uuid:pk>/"
BATCH = DESK + "batches/<int:pk>/"
AWARD = DESK + "awards/<uuid:pk>/"

urlpatterns = [
    path(DESK + "batches/", issuing.batches, name="batches"),
    path(BATCH, issuing.batch, name="batch"),
    path(BATCH + "resume/", issuing.batch_resume, name="batch_resume"),
    path(BATCH + "results.csv", issuing.batch_results, name="batch_results"),
    path(DESK + "awards/", issuing.awards, name="awards"),
    path(DESK + "awards/revoke/", issuing.awards_revoke, name="awards_revoke"),
    path(AWARD, issuing.award_desk, name="award_desk"),
    path(AWARD + "revoke/", issuing.award_revoke, name="award_revoke"),
    path(AWARD + "erase/", erasing.award_erase, name="award_erase"),
    path(ROSTER, issuing.roster_check, name="roster_check"),
    path(ROSTER + "match/", issuing.roster_match, name="roster_match"),
    path(ROSTER + "to-be-fixed.xlsx", issuing.roster_refused, name="roster_refused"),
    path(ROSTER + "award/", issuing.roster_order, name="roster_order"),
    path(DESK + "<slug:achievement>/roster/", issuing.roster_add, name="roster_add"),
    path(DESK + "<slug:achievement>/award/", issuing.award_one, name="award_one"),
]
