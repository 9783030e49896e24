"""Pages made to stall a reader: one shape again and again, as large as asked."""

# What makes parsers of HTML quadratic or worse: nesting, tags that close in the wrong order, what never ends.
MARKUP = {
    "nested blocks": "<div>",
    "nested lists": "<ul><li>",
    "formatting of different kinds": "<b {n}><i {n}>x</b>",
    "tags closed in the wrong order": "<a><b></a></b>",
    "nested tables": "<table><tr><td>",
    "text out of a table": "<table>x",
    "attributes of one tag": "a{n}=1 ",
    "opening signs": "<",
    "comments without an end": "<!--",
    "a comment without an end": "<!-- x ",
    "options": "<select><option>",
    "character references": "&amp",
    "drawings": "<svg><title>",
    "templates in templates": "<template>",
    "templates with text": "<template>x",
    "styles in drawings": "<svg><style>",
    "scripts in drawings": "<svg><script>",
    "silent blocks in drawings": "<svg><noembed>",
    "comments in templates": "<template><!---->",
}

# What a reader of contacts stumbles over: signs of addresses and numbers, and what only begins like one.
SIGNS = {
    "signs": "@",
    "signs between letters": "a@",
    "words for the sign": " at ",
    "words for both signs": "a at b dot ",
    "bracketed words": "(at)",
    "square words": "[at]",
    "schemes": "mailto:",
    "links to nobody": "<a href=mailto:>x</a>",
    "signs by number": "&#64;",
    "digits": "7",
    "numbers": "030 1234567 ",
    "numbers with labels": "Tel. 030/12 34 56-7, ",
    "protected addresses": "<i data-cfemail=5a33343c351a323528382f2874373f></i>",
    "empty protection": "<i data-cfemail=''></i>",
    "halves": "<i data-user=a data-domain=b.de></i>",
    "hidden blocks": "<p hidden>a",
    "classes": "<style>.a{n}{{display:none}}</style><p class=a{n}>",
    "handlers": "<i onclick=\"a='@'+\">",
}

OPENING = {"attributes of one tag": "<p ", "a comment without an end": "<!--"}


def hostile_page(name: str, size: int) -> bytes:
    """A page of that shape, of about so many bytes."""
    shape = (MARKUP | SIGNS)[name]
    if "{n}" not in shape:
        return (OPENING.get(name, "") + shape * (size // len(shape))).encode()
    count = size // (len(shape.replace("{n}", "12345")))
    return (OPENING.get(name, "") + "".join(shape.format(n=number) for number in range(count))).encode()


def hostile_script(code: str, size: int) -> bytes:
    """A page with one script: something that looks like an address, then the code again and again."""
    return f'<script>a="aaaaaaaa"; "@";{code * (size // len(code))}'.encode()
