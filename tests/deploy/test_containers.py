"""The image, two nodes in Compose, and in Kubernetes: checked against their schemas, and played.

Nothing here builds an image or starts a container. Its commands run with its variables, by the
environment that runs the tests, and HAProxy and PostgreSQL are Debian's.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import ruamel.yaml

from servers.ports import free_port
from tests.conftest import TRANSPORTS
from tests.docs.pages import ROOT
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import ServiceProcess, running
from tests.service.test_proxies import NAME, Site, certificate, haproxy, person, proxy
from todo_service.cli import serve

pytestmark = pytest.mark.slow

__all__ = ["certificate"]  # a fixture

DEPLOY = ROOT / "deploy"
YAML = ruamel.yaml.YAML(typ="safe")
OURS = Path(sys.executable).parent
COMPOSE = YAML.load((DEPLOY / "compose.yaml").read_text("utf-8"))
PORT = "127.0.0.1', 3000"


def last_stage() -> dict[str, str]:
    """Return what the image is made of at last, by instruction."""
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    _, _, stage = text.rpartition("\nFROM ")
    lines = [line.split(maxsplit=1) for line in stage.splitlines()[1:] if line]
    return {name: value for name, value in lines if name != "COPY"}


def variables(text: str) -> dict[str, str]:
    """Return the variables of an `ENV`."""
    return dict(pair.split("=", 1) for pair in text.split())


def linted(program: str, *arguments: str | Path) -> str:
    """Return what a linter of our environment says; fails when it finds something."""
    command = (OURS / program, *arguments)
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert result.returncode == 0, result.stdout
    return result.stdout


def test_the_containerfile_is_as_its_linter_wants_it() -> None:
    assert linted("hadolint", "--failure-threshold", "style", DEPLOY / "Containerfile") == ""


def test_what_the_image_is_built_from_is_there_and_let_in() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    let_in = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for source in copied:
        assert (ROOT / source).exists()
        assert f"!{source.partition('/')[0]}" in let_in


async def test_the_image_s_command_serves_and_says_whether_it_is_healthy(tmp_path: Path) -> None:
    stage = last_stage()
    given = variables(stage["ENV"])
    assert given.pop("PATH") == "/app/bin:$PATH"
    assert given["TODO_DATABASE"] == "sqlite:////data/todos.db"
    given["TODO_DATABASE"] = f"sqlite:///{tmp_path}/todos.db"
    check = json.loads(stage["HEALTHCHECK"].partition("CMD ")[2])
    assert check[:2] == ["/app/bin/python", "-c"]
    assert PORT in check[2]
    command = [*json.loads(stage["ENTRYPOINT"]), *json.loads(stage["CMD"])]
    assert command == ["todo-service", "serve"]
    program = (OURS / command[0], *command[1:])
    async with running(program=program, variables=given, directory=tmp_path) as service:
        port = urlsplit(service.url).port
        healthy = (sys.executable, "-c", check[2].replace("3000", f"{port}"))
        assert await exit_code(*healthy) == 0
        service.signal(signal.SIGTERM)
        assert await service.end() == 0
        assert await exit_code(*healthy) == 1


async def exit_code(*command: str) -> int:
    """Run a command, and return how it ends."""
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
    async with asyncio.timeout(PATIENCE):
        return await process.wait()


def test_compose_takes_its_file() -> None:
    schema = ("check-jsonschema", "--builtin-schema", "vendor.compose-spec")
    assert linted(*schema, DEPLOY / "compose.yaml") == "ok -- validation done\n"
    services = COMPOSE["services"]
    for service in services.values():
        for mount in service.get("volumes", ()):
            source = mount.partition(":")[0]
            assert source in COMPOSE["volumes"] or source.startswith("./")
    built = services["todo-0"]["build"]
    assert (DEPLOY / built["context"] / built["dockerfile"]).is_file()
    assert (DEPLOY / "kubernetes" / "haproxy.cfg").is_file()


def resources() -> Iterator[dict[str, Any]]:
    """Yield what Kubernetes is told to run."""
    listed = YAML.load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8"))
    for name in listed["resources"]:
        yield from YAML.load_all((DEPLOY / "kubernetes" / name).read_text("utf-8"))


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of a kind, by name."""
    return {item["metadata"]["name"]: item for item in resources() if item["kind"] == kind}


def test_kubernetes_takes_its_files() -> None:
    for resource in resources():
        for version in ("1.30", "1.37"):
            kubernetes_validate.validate(resource, version, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**resource, "specc": {}}, "1.30", strict=True)


@pytest.mark.parametrize(("kind", "name"), [("StatefulSet", "todo"), ("Deployment", "haproxy")])
def test_what_kubernetes_runs_is_found_watched_and_shut_in(kind: str, name: str) -> None:
    workload = of_kind(kind)[name]["spec"]
    labels, pod = workload["template"]["metadata"]["labels"], workload["template"]["spec"]
    (container,) = pod["containers"]
    ports = {port["name"] for port in container["ports"]}
    assert workload["selector"]["matchLabels"] == labels
    assert of_kind("Service")[name]["spec"]["selector"] == labels
    assert {port["targetPort"] for port in of_kind("Service")[name]["spec"]["ports"]} <= ports
    budget = of_kind("PodDisruptionBudget")[name]["spec"]
    assert budget["selector"]["matchLabels"] == labels
    assert budget["maxUnavailable"] < workload["replicas"]
    for probe in ("livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["port"] in ports
    drains = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] > drains + 2
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def kubernetes_variables(node: int) -> dict[str, str]:
    """Return the variables of a node in Kubernetes."""
    spec = of_kind("StatefulSet")["todo"]["spec"]["template"]["spec"]
    given = {item["name"]: item.get("value", "") for item in spec["containers"][0]["env"]}
    return {**given, "TODO_NODE": f"todo-{node}", "TODO_DATABASE": "postgresql://db/todos"}


def test_kubernetes_gives_options_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in kubernetes_variables(0).items():
        assert name in {option.envvar for option in serve.params}
        monkeypatch.setenv(name, value)
    chosen = serve.make_context("serve", []).params
    assert (chosen["node"], chosen["workers"], chosen["admin_port"]) == ("todo-0", None, 9100)


def test_where_haproxy_looks_for_nodes_they_are() -> None:
    """A pod's name in the DNS is its set's, a number, its service's and its namespace's."""
    namespace = YAML.load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8"))[
        "namespace"
    ]
    pod = of_kind("Deployment")["haproxy"]["spec"]["template"]["spec"]
    service = of_kind("StatefulSet")["todo"]["spec"]["serviceName"]
    assert {item["name"]: item["value"] for item in pod["containers"][0]["env"]} == {
        f"TODO_{node}": f"todo-{node}.{service}.{namespace}.svc.cluster.local:3000"
        for node in range(2)
    }
    assert COMPOSE["services"]["haproxy"]["environment"] == {
        f"TODO_{node}": f"todo-{node}:3000" for node in range(2)
    }


def compose_variables(node: int) -> dict[str, str]:
    """Return the variables of a node in Compose, as the image adds to them."""
    given = COMPOSE["services"][f"todo-{node}"]["environment"]
    return {name: str(value) for name, value in given.items()}


@asynccontextmanager
async def node(number: int, database: str) -> AsyncIterator[ServiceProcess]:
    """Run a node as Compose does, at another address."""
    given = compose_variables(number)
    assert given["TODO_NODE"] == f"todo-{number}"
    here = {
        "TODO_DATABASE": database,
        "TODO_ADMIN_PORT": "0",
        "TODO_TRUST_PROXY": "127.0.0.1",
    }
    async with running(variables={**given, **here}) as service:
        yield service


@asynccontextmanager
async def balanced(nodes: Mapping[str, str], certificate: Path, folder: Path) -> AsyncIterator[str]:
    """Run HAProxy before nodes, and yield its URL."""
    port, health = free_port(), free_port()
    text = (DEPLOY / "kubernetes" / "haproxy.cfg").read_text("utf-8")
    (folder / "tls.crt").write_bytes((certificate / f"{NAME}.crt").read_bytes())
    (folder / "tls.key").write_bytes((certificate / f"{NAME}.key").read_bytes())
    for written, real in {
        "maxconn 50000": "maxconn 500",
        "bind :8443": f"bind 127.0.0.1:{port}",
        "bind :8404": f"bind 127.0.0.1:{health}",
        "/certificate/": f"{folder}/",
    }.items():
        assert written in text
        text = text.replace(written, real)
    env = ["env", *(f"{name}={where}" for name, where in nodes.items())]
    async with proxy([*env, *haproxy(text, folder)], port):
        yield f"https://{NAME}:{port}"


@pytest.mark.parametrize("postgres", ["18"], indirect=True)
async def test_two_nodes_behind_haproxy_are_one_and_one_may_go(
    database: str, certificate: Path, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        services = [await enter(node(number, database)) for number in range(2)]
        nodes = {
            f"TODO_{number}": urlsplit(service.url).netloc
            for number, service in enumerate(services)
        }
        url = await enter(balanced(nodes, certificate, tmp_path))
        tls = ssl.create_default_context(cafile=certificate / f"{NAME}.crt")
        site = Site(url, services[0], tls)
        people = [
            await enter(person(site, "127.0.0.2", transport))
            for transport in [*TRANSPORTS, *TRANSPORTS]
        ]
        assert {where(someone) for someone in people} == {"todo-0", "todo-1"}
        ada = people[0]
        await ada.creates("Buy milk")
        for other in people[1:]:
            assert (await other.hears("todo:created"))["title"] == "Buy milk"

        services[0].signal(signal.SIGTERM)
        assert await services[0].end() == 0
        carol = await enter(person(site, "127.0.0.2", "polling"))
        assert where(carol) == "todo-1"
        assert [todo["title"] for todo in await carol.lists()] == ["Buy milk"]


def where(person: Person) -> str:
    """Return the node that somebody is at."""
    sid: str = person.client.eio.sid
    return sid.partition(".")[0]
