"""Where functions begin and end in Python text."""
import ast

from cpp_functions import Function


def functions(text):
    """All of them, nested ones too, from the first decorator to the last line."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            line = min([node.lineno, *(part.lineno for part in node.decorator_list)])
            found.append(Function(node.name, line, node.end_lineno - line + 1))
    return found
