"""Sendings that land at different moments: how each ended is recorded, whatever was being recorded meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from channels.contract import Delivery, Outcome
from tests.app import Phone, running_app
from tests.databases import queue

ADDRESSES = ("first", "second", "third")


class SlowPhone(Phone):
    """Each sending takes until the test lets it land."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way = asyncio.Semaphore(0)
        self.lands = {address: asyncio.Event() for address in ADDRESSES}

    async def send(self, delivery: Delivery) -> Outcome:
        self.under_way.release()
        await self.lands[delivery.address].wait()
        return await super().send(delivery)


@pytest.mark.parametrize("order", [ADDRESSES, ADDRESSES[::-1]])
async def test_what_lands_while_others_are_under_way_is_recorded(database_url, order):
    phone = SlowPhone()
    async with running_app(database_url, [phone]) as running:
        for address in ADDRESSES:
            await running.app.database.run(queue, f"notice:{address}", address)
        for _ in ADDRESSES:
            await phone.under_way.acquire()
        for landed, address in enumerate(order, 1):
            phone.lands[address].set()
            await running.until(lambda landed=landed: _sent(running, landed))
        await running.settled()
    assert [one.address for one in phone.sent] == list(order)


async def _sent(running, number):
    return len(await running.rows("SELECT id FROM outbox WHERE state = 'sent'")) == number
