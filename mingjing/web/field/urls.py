"""Addresses of the field app. The worker's scope is /field/: what is kept on the device lies below it."""

from __future__ import annotations

from django.urls import path

from mingjing.web.ui import addresses as addresses

from . import (
    captures,
    case,
    certificate,
    frame,
    labels,
    looking_up,
    numbers,
    recorder,
    shell,
    spot,
    sync,
    today,
)

app_name = "field"
urlpatterns = [
    path("", today.today, name="today"),
    path("tasks", today.tasks, name="tasks"),
    path("queue", today.queue, name="queue"),
    path("record", case.record, name="record"),
    path("recorder", recorder.recorder, name="recorder"),
    path("devices", captures.devices, name="devices"),
    path("captures", captures.start, name="captures"),
    path("captures/<uuid:capture_id>", captures.status, name="capture"),
    path("captures/<uuid:capture_id>/<number:seq>", captures.chunk, name="chunk"),
    path("captures/<uuid:capture_id>/end", captures.end, name="end-capture"),
    path("captures/<uuid:capture_id>/bind", captures.bind, name="bind-capture"),
    path("captures/<uuid:capture_id>/give-up", captures.give_up, name="give-up-capture"),
    path("certificate", certificate.certificate, name="certificate"),
    path("scans", certificate.scans, name="scans"),
    path("look-up", looking_up.look_up, name="look-up"),
    path("cases/<slug:no>", case.case, name="case"),
    path("cases/<slug:no>/steps/<slug:step>", case.step, name="step"),
    path("cases/<slug:no>/labels", labels.labels, name="labels"),
    path("penalty", spot.penalty, name="penalty"),
    path("slip", spot.slip, name="slip"),
    path("numbers", numbers.numbers, name="numbers"),
    path("numbers.json", spot.numbers_pack, name="numbers-pack"),
    path("numbers/draw", numbers.draw, name="draw-numbers"),
    path("numbers/<number:block_id>/return", numbers.give_back, name="return-numbers"),
    path("sync", sync.sync, name="sync"),
    path("discard", sync.discard, name="discard"),
    path("status", frame.status, name="status"),
    path("manifest.json", shell.manifest, name="manifest"),
    path("offline", shell.offline, name="offline"),
    path("sw.js", shell.service_worker, name="worker"),
]
