"""Values that have their type are taken as they are, all others as typer takes them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from opencorridor.cli import main


def test_text_and_defaults_load_no_converter() -> None:
    code = (
        "import sys; from opencorridor.cli.main import execute; "
        "code = execute(['route', 'Alpha City', 'Charlie City', '--mode', 'rail', '--mode', 'road',"
        " '--study', 'teaching', '--quiet']);"
        "print('pydantic' in sys.modules); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--crew", "3"], "less than or equal to 2"),
        (["--tonnes", "many"], "valid number"),
        (["--max-routes", "x"], "valid integer"),
    ],
)
def test_typed_numbers_are_still_converted_and_checked(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = ["Alpha City", "Charlie City", "--study", "teaching"]
    assert main.execute(["route", *ends, *words]) == 2
    assert said in capsys.readouterr().err


def test_every_command_answers_alone_as_among_all(capsys: pytest.CaptureFixture[str]) -> None:
    for name in [name for name, *_ in (*main.COMMANDS, *main.GROUPS)]:
        assert main.execute([name, "--help"]) == 0
        alone = capsys.readouterr().out
        main.app(args=[name, "--help"], standalone_mode=False, prog_name="opencorridor")
        assert alone == capsys.readouterr().out
