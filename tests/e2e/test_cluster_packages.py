"""The compose file and the Helm chart: well-formed, and with settings that the program has."""

import json
import re
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


HELM = VENV_BIN / "helm"


def rendered(name, **changes):
    """A template as Helm makes it."""
    words = [word for key, value in changes.items() for word in ("--set-json", f"{key}={json.dumps(value)}")]
    done = run([HELM, "template", "fleet", CHART, "--show-only", f"templates/{name}", *words], env=plain_env())
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def arguments(words):
    return {word.removeprefix("--").split("=")[0] for word in words if word.startswith("--")}


def test_the_chart_is_as_helm_wants_it():
    assert HELM.exists(), "Helm is not installed; scripts/test does that"
    done = run([HELM, "lint", "--strict", CHART], check=False, env=plain_env())
    assert done.returncode == 0 and "0 chart(s) failed" in done.stdout, done


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
    assert {"secrets-key", "objects"} <= arguments(nodes[0]["command"])
    assert nodes[0]["environment"].keys() == {"NAMEPLATE_STORE", "NAMEPLATE_BUS"} and {"store", "bus"} <= known
    assert not any("postgres://" in word or "nats://" in word for word in nodes[0]["command"])
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
