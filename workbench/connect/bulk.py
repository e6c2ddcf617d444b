"""Marketo's bulk extracts: a job is made, queued, waited for, and its file fetched in ranges, checked and read."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import IO, Any

from workbench.connect.judging import GOOD, Judged, again
from workbench.connect.marketo_shapes import CENTRAL, codes_of, judged, why
from workbench.connect.protocol import Answer, Record
from workbench.connect.system import Calls
from workbench.core.language import message

RANGE = 8 << 20
FIRST_POLL, LONGEST_POLL = 1.0, 60.0  # a status changes once a minute at most
MOST_POLLS, MOST_QUEUED, MOST_FETCHES = 400, 60, 4
CHUNK = 5000
DONE, FAILED = "Completed", ("Failed", "Cancelled")


class NoSuchFilterError(Exception):
    """The subscription does not allow the filter that was asked for."""


class Extract:
    """Extracts of leads through one connection.

    Parameters
    ----------
    caller
        The caller.
    base
        Address of the bulk interface of leads: ``…/bulk/v1/leads/export``.
    """

    def __init__(self, caller: Calls, base: str) -> None:
        self.caller, self.base = caller, base

    def start(self, fields: Sequence[str], filters: Mapping[str, Any]) -> str:
        """Make and queue a job, and return its id.

        Parameters
        ----------
        fields
            Fields of leads.
        filters
            ``createdAt`` or ``updatedAt`` with ``startAt`` and ``endAt``, or a list.

        Raises
        ------
        NoSuchFilterError
            If the subscription does not allow the filter.
        OutsideError
            If the megabytes of the day are used up.
        """
        body = {"fields": list(fields), "format": "CSV", "filter": dict(filters)}
        job = str(self._queued("POST", f"{self.base}/create.json", json=body)["exportId"])
        self._queued("POST", f"{self.base}/{job}/enqueue.json")
        return job

    def _queued(self, method: str, url: str, **what: Any) -> dict[str, Any]:
        """Ask for something that may have to wait for a place in the queue."""
        for _ in range(MOST_QUEUED):
            answer = self.caller.call(method, url, **what)
            if answer.data.get("success"):
                return dict(answer.data["result"][0])
            codes = codes_of(answer)
            if "1035" in codes:
                raise NoSuchFilterError
            if "1029" not in codes:
                raise self.caller.stopped(message("it refuses: {why}", why=why(answer)))
            if "quota" in why(answer).lower():  # one code stands for two things
                raise self.caller.stopped(message("the megabytes of the day are used up"), CENTRAL)
            self.caller.sleep(LONGEST_POLL)
        raise self.caller.stopped(message("its queue of jobs is full"))

    def wait(self, job: str) -> Mapping[str, Any]:
        """Wait until a job is done and return what is said of its file.

        Parameters
        ----------
        job
            Its id.

        Raises
        ------
        OutsideError
            If it fails or takes too long.
        """
        pause = FIRST_POLL
        for _ in range(MOST_POLLS):
            answer = self.caller.call("GET", f"{self.base}/{job}/status.json")
            if not answer.data.get("success"):
                raise self.caller.stopped(message("it refuses: {why}", why=why(answer)))
            told = answer.data["result"][0]
            if told["status"] == DONE:
                return dict(told)
            if told["status"] in FAILED:
                raise self.caller.stopped(message("its job failed; give the command again"))
            self.caller.sleep(pause)
            pause = min(LONGEST_POLL, pause * 2)
        raise self.caller.stopped(message("its job takes too long"))

    def rows(self, job: str, told: Mapping[str, Any], fields: Sequence[str]) -> Iterator[list[Record]]:
        """Yield the rows of a job's file, some thousand at a time, after the whole file was checked.

        Parameters
        ----------
        job
            Its id.
        told
            What its status said: records, size, checksum.
        fields
            Fields in the order they were asked for.

        Raises
        ------
        OutsideError
            If the file is not what its checksum says, however often it is fetched.
        """
        if not int(told.get("numberOfRecords") or 0) and not int(told.get("fileSize") or 0):
            return
        with tempfile.TemporaryFile() as file:
            for _ in range(MOST_FETCHES):
                if self._fetched(job, told, file):
                    break
            else:
                raise self.caller.stopped(message("its file is not what its checksum says"))
            file.seek(0)
            # never line by line: cells hold line breaks, and Chinese ones the separators of Unicode
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            lines = csv.reader(line.replace("\x00", "") for line in text)
            head = next(lines, [])
            names = head if set(head) == set(fields) else list(fields)
            while some := list(islice(lines, CHUNK)):
                yield [{n: None if v == "null" else v for n, v in zip(names, row, strict=False)} for row in some if row]
            with suppress(ValueError):
                text.detach()

    def _fetched(self, job: str, told: Mapping[str, Any], file: IO[bytes]) -> bool:
        """Fetch a file in ranges and tell whether it is what its checksum says."""
        size, digest, start = int(told.get("fileSize") or 0), hashlib.sha256(), 0
        file.seek(0)
        file.truncate()
        while start < size or not start:
            ranged = {"range": f"bytes={start}-{start + RANGE - 1}"} if size > RANGE else {}
            answer = self.caller.call("GET", f"{self.base}/{job}/file.json", headers=ranged, judge=_judge_file)
            content = answer.content
            if answer.status == 200 and start:
                return False  # it began anew in the middle
            file.write(content)
            digest.update(content)
            start += len(content)
            if not content or not ranged:
                break
        said = str(told.get("fileChecksum") or "")
        whole = not size or start == size
        return whole and (not said or said.removeprefix("sha256:").lower() == digest.hexdigest())


def _judge_file(answer: Answer) -> Judged:
    """Say what an answer that should be a file means: not ready is plain text with 404."""
    if answer.status in (200, 206):
        begins = answer.content[:64].lstrip().lower()
        if begins.startswith((b"<!doctype", b"<html")):
            return again(message("it answers with a page of HTML; is its address right?"))
        if begins.startswith(b"{") and isinstance(answer.data, dict) and "success" in answer.data:
            found = judged(answer)
            return again(message("its file is not ready")) if found.kind == "good" else found
        return GOOD
    return again(message("its file is not ready"), after=5.0) if answer.status == 404 else judged(answer)
