"""The size limits of the house: no function over 40 lines, no file over 300, no nesting deeper than 3."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST_FUNCTION = 40
LONGEST_FILE = 300
DEEPEST_NESTING = 3

Block = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def complaints(path: Path) -> Iterator[str]:
    """Yield one line for each limit that the file breaks."""
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{path}: {lines} lines (at most {LONGEST_FILE})"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function):
            yield from _function_complaints(path, node)


def _function_complaints(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if lines > LONGEST_FUNCTION:
        yield f"{path}:{node.lineno} {node.name}: {lines} lines (at most {LONGEST_FUNCTION})"
    depth = _nesting(node)
    if depth > DEEPEST_NESTING:
        yield f"{path}:{node.lineno} {node.name}: nested {depth} deep (at most {DEEPEST_NESTING})"


def _nesting(node: ast.AST, *, inside_elif: bool = False) -> int:
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*Function, ast.ClassDef, ast.Lambda)):
            continue
        is_elif = isinstance(node, ast.If) and node.orelse == [child] and isinstance(child, ast.If)
        step = int(isinstance(child, Block) and not (is_elif or inside_elif))
        deepest = max(deepest, step + _nesting(child))
    return deepest


def main() -> int:
    """Check every file under src; print what is too long; answer the exit status."""
    found = [line for path in sorted(Path("src").rglob("*.py")) for line in complaints(path)]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
