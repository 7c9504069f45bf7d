"""The addresses of the portal. Those with a secret in them lead on at once, so that it is not left on screen."""

from django.urls import path

from towpath.surfaces.portal.views import (
    about,
    acts,
    check,
    form,
    home,
    later,
    place,
    request,
    sending,
    service,
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("services/<slug:code>/", service.page, name="service"),
    path("services/<slug:code>/check/", check.begin, name="check"),
    path("services/<slug:code>/check/result/", check.result, name="check-result"),
    path("services/<slug:code>/check/<slug:question_id>/", check.question, name="check-question"),
    path("apply/<slug:code>/", service.apply, name="apply"),
    path("drafts/<uuid:draft_id>/", form.go_on, name="draft"),
    path("drafts/<uuid:draft_id>/check-answers/", sending.check_answers, name="check-answers"),
    path("drafts/<uuid:draft_id>/come-back-later/", later.later, name="later"),
    path("drafts/<uuid:draft_id>/new-rules/", form.new_rules, name="new-rules"),
    path("drafts/<uuid:draft_id>/mine/", form.mine, name="mine"),
    path("drafts/<uuid:draft_id>/files/<uuid:document_id>", form.file, name="draft-file"),
    path("drafts/<uuid:draft_id>/<slug:page_id>/", form.page, name="page"),
    path("continue/", later.by_code, name="continue"),
    path("continue/<str:secret>", later.by_link, name="continue-link"),
    path("track/", request.by_code, name="track"),
    path("track/<str:secret>", request.by_link, name="track-link"),
    path("requests/<uuid:case_id>/", request.page, name="request"),
    path("requests/<uuid:case_id>/receipt/", sending.receipt, name="receipt"),
    path("requests/<uuid:case_id>/answers/", request.answers, name="answers"),
    path("requests/<uuid:case_id>/files/<uuid:document_id>", request.file, name="file"),
    path("requests/<uuid:case_id>/questions/<uuid:question_id>/", acts.answer, name="answer"),
    path("requests/<uuid:case_id>/withdraw/", acts.withdraw, name="withdraw"),
    path("requests/<uuid:case_id>/look-again/", acts.look_again, name="look-again"),
    path("requests/<uuid:case_id>/rate/", acts.rate, name="rate"),
    path("me/", place.overview, name="me"),
    path("me/messages/", place.messages, name="messages"),
    path("me/papers/", place.papers, name="papers"),
    path("me/who-looked/", place.reads, name="reads"),
    path("contact/", about.contact, name="contact"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("privacy/", about.privacy, name="privacy"),
]
