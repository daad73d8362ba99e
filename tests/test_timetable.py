"""Ticks: one that is under way as the process stops ends by itself, and one that never ends holds nothing up."""

from __future__ import annotations

import asyncio

from scheduler.timetable import Tick, Timetable


async def _begun(do):
    began, ended = asyncio.Event(), []

    async def tick():
        began.set()
        await do()
        ended.append(True)

    timetable = Timetable((Tick("tick", 0.01, tick),))
    timetable.start()
    await began.wait()
    return timetable, ended


async def test_a_tick_under_way_ends_before_the_stop_does():
    go = asyncio.Event()
    timetable, ended = await _begun(go.wait)
    stopping = asyncio.create_task(timetable.stop(30))
    await asyncio.sleep(0)
    go.set()
    await stopping
    assert ended == [True]


async def test_one_that_never_ends_is_cut_off_and_said(capsys, caplog):
    timetable, ended = await _begun(asyncio.Event().wait)
    await timetable.stop(0.01)
    await asyncio.sleep(0.01)
    assert not ended
    said = capsys.readouterr().out
    assert "cut off" in said
    assert "Traceback" not in said + caplog.text
