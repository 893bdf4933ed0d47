"""The compose file and the Helm chart: well-formed, and with settings that the program has."""

import re
import textwrap
from pathlib import Path

import pytest
import yaml
from lib import BIN, ROOT, VENV_BIN, plain_env, run

PACKAGING = ROOT / "packaging"
CHART = PACKAGING / "helm" / "nameplate"
RULES = "{extends: default, rules: {line-length: {max: 140}, braces: {max-spaces-inside: 0}}}"


def settings():
    told = run([BIN, "serve", "--help"], env=plain_env()).stdout
    return set(re.findall(r"--([a-z-]+)", told))


def rendered(name, **changes):
    """A template with the chart's values, as far as the chart uses Helm's language."""
    values = yaml.safe_load((CHART / "values.yaml").read_text()) | changes
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    helpers = (CHART / "templates" / "_helpers.tpl").read_text()
    labels = re.search(r'define "nameplate.labels" -}}\n(.*){{- end }}', helpers, re.DOTALL)[1].strip()
    names = {"Values": values, "Release": {"Name": "fleet"}, "Chart": {"Name": chart["name"], "AppVersion": chart["appVersion"]}}

    def value(path, scope):
        found = {**names, **scope}
        for part in path.lstrip(".").split("."):
            found = found[part]
        return found

    def answer(words, scope):
        first, *pipes = [word.strip() for word in words.split(" | ")]
        if first.startswith("include "):
            found = expand(labels, scope)
        elif first.startswith("toYaml "):
            of = value(first.removeprefix("toYaml "), scope)
            found = yaml.safe_dump(of).strip()
        else:
            found = value(first, scope)
        for pipe in pipes:
            if pipe.startswith("nindent "):
                found = "\n" + textwrap.indent(found, " " * int(pipe.split()[1]))
            elif pipe.startswith("default "):
                found = found or value(pipe.removeprefix("default "), scope)
            else:
                raise AssertionError(pipe)
        return str(found)

    def expand(text, scope):
        loop = re.compile(r"\s*{{- range \$(\w+), \$(\w+) := (\S+) }}(.*?)\s*{{- end }}", re.DOTALL)
        text = loop.sub(
            lambda m: "".join(expand(m[4], {"$" + m[1]: k, "$" + m[2]: v}) for k, v in value(m[3], scope).items()), text
        )
        return re.sub(r"(\s*{{-|{{) (.*?) }}", lambda m: answer(m[2], scope), text)

    return list(yaml.safe_load_all(expand((CHART / "templates" / name).read_text(), {})))


def arguments(words):
    return {word.removeprefix("--").split("=")[0] for word in words if word.startswith("--")}


def test_files_are_well_formed():
    files = [PACKAGING / "compose.yaml", CHART / "Chart.yaml", CHART / "values.yaml"]
    done = run([VENV_BIN / "yamllint", "--strict", "-d", RULES, *files], check=False)
    assert done.returncode == 0, done.stdout


def test_compose_starts_nodes_with_settings_that_there_are():
    compose = yaml.safe_load((PACKAGING / "compose.yaml").read_text())
    services, known = compose["services"], settings()
    nodes = [services[f"node-{number}"] for number in (1, 2, 3)]
    for service in [*nodes, services["objects"]]:
        assert service["command"][0] == "serve"
        assert arguments(service["command"]) <= known, arguments(service["command"]) - known
    assert {"store", "bus", "secrets-key", "objects"} <= arguments(nodes[0]["command"])
    for service in services.values():
        for other in service.get("depends_on", []):
            assert other in services
        for volume in service.get("volumes", []):
            name = volume.split(":")[0]
            assert name.startswith("/") or name in compose["volumes"]


@pytest.mark.parametrize("changes", [{}, {"settings": {"quotas": "aws"}, "replicas": 1, "nodeSelector": {"disk": "ssd"}}])
def test_the_chart_renders(changes):
    [deployment] = rendered("deployment.yaml", **changes)
    [pod] = [deployment["spec"]["template"]]
    [container] = pod["spec"]["containers"]
    assert arguments(container["args"]) <= settings(), arguments(container["args"]) - settings()
    names = {variable["name"] for variable in container["env"]}
    assert names == {"NAMEPLATE_STORE", "NAMEPLATE_BUS"}
    assert not any("postgres://" in word or "nats://" in word for word in container["args"])
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["spec"]["volumes"]}
    if changes:
        assert "--quotas=aws" in container["args"] and pod["spec"]["nodeSelector"] == {"disk": "ssd"}
    labels = pod["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    outside, inside = rendered("service.yaml", **changes)
    [budget] = rendered("disruption.yaml", **changes)
    ports = {port["name"] for port in container["ports"]}
    for service in [outside, inside]:
        assert service["spec"]["selector"] == labels
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports
    assert budget["spec"]["selector"]["matchLabels"] == labels
    # What is plain HTTP is not for the world.
    assert inside["spec"]["type"] == "ClusterIP" and "api" not in {port["name"] for port in outside["spec"]["ports"]}


def test_every_template_is_looked_at():
    assert {path.name for path in Path(CHART / "templates").iterdir()} == {
        "_helpers.tpl", "deployment.yaml", "service.yaml", "disruption.yaml",
    }  # fmt: skip
