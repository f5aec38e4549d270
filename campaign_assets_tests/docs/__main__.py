"""`make docs`: writes the generated parts of the pages anew."""

from campaign_assets_tests.docs.entities import draw
from campaign_assets_tests.docs.generated import DRAWING, renew
from campaign_assets_tests.docs.markdown import list_pages, to_place


def main() -> None:
    """Writes what has changed, and names it."""
    made = {page: renew(page.read_text(encoding="utf-8")) for page in list_pages()} | {DRAWING: draw()}
    for path, text in made.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"{to_place(path)} is new.")


if __name__ == "__main__":
    main()
