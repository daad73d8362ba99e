"""Receipts drawn in a child process; run by `scheduler/bounded.py`.

Each takes a tenth of a second of Python, most of it for the letters: in a thread, everybody's turns would wait for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from documents.receipt import Receipt, receipt_pdf

if TYPE_CHECKING:
    from texts.compose import Language

for _late in ("O_S_2f_2", "_c_v_t", "_f_p_g_m", "_g_a_s_p", "_g_l_y_f", "_h_h_e_a", "_l_o_c_a", "_p_r_e_p"):
    import_module(f"fontTools.ttLib.tables.{_late}")  # as in `scheduler/look_inside.py`


def draw_receipt(receipt: Receipt, language: Language) -> bytes:
    """The receipt as a PDF."""
    return receipt_pdf(receipt, language)
