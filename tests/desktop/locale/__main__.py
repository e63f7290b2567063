"""`./run catalogues`: every message of the code into each catalogue, and each `.mo` made from its `.po`.

Exit status 1 where something is still to be translated.
"""

import sys

from tests.desktop.locale.catalogues import TRANSLATED, as_mo, as_po, brought_up_to_date, missing, po_path

if __name__ == "__main__":
    left = 0
    for language in TRANSLATED:
        catalog = brought_up_to_date(language)
        path = po_path(language)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(catalog))
        without = missing(catalog)
        left += len(without)
        sys.stdout.write(f"{language}: {len(catalog)} messages, {len(without)} without a translation\n")
        sys.stdout.writelines(f"    {message}\n" for message in without)
    sys.exit(1 if left else 0)
