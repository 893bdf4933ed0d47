"""Every command block of README.md and docs/*.md, run as it is written, page by page."""

import re

import pytest
from documents import COMMANDS, Shell, alike, blocks, sessions, starts_a_server
from lib import ROOT, run

#: Pages whose blocks run in tests of their own, which also look at what came to exist.
ELSEWHERE = {
    "docs/vending-on-lambda.md": "test_vending_on_lambda.py",
    "packaging/python/README.md": "with the wheel",
    "packaging/node/README.md": "with the npm package",
}
#: What a page takes for granted, by page and session.
GIVEN = {
    # The page's server listens on all addresses; a test's on this one.
    ("README.md", 1): "hostname() { echo 127.0.0.1; }\n",
    ("docs/vending.md", 0): """
mkdir vend
printf 'def handler(event, context):\\n    return {"statusCode": 200, "body": "vended"}\\n' > vend/app.py
nameplate function deploy vend
""",
    ("docs/gateways.md", 0): """
CERTIFICATE_ARN=$(aws iot create-keys-and-certificate --set-as-active --query certificateArn --output text)
""",
    # A CA with a template, a device of it, and a list on which another is; a device of the server's own CA that vending
    # knows; a server that has been asked for its root.
    ("docs/certificates.md", 0): """
role='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
aws iam create-role --role-name provisioning --assume-role-policy-document "$role"
aws iam attach-role-policy --role-name provisioning \\
    --policy-arn arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration
cat > fleet.json <<'END'
{"Parameters": {"AWS::IoT::Certificate::Id": {"Type": "String"}, "serialNumber": {"Type": "String"}},
 "Resources": {
  "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "serialNumber"}}},
  "certificate": {"Type": "AWS::IoT::Certificate",
                  "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"}}}}
END
template=lamps
aws iot create-provisioning-template --template-name lamps --template-body file://fleet.json --enabled \\
    --provisioning-role-arn arn:aws:iam::123456789012:role/provisioning
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out own.pem -days 3650 -subj /CN=Factory
ca=$(aws iot register-ca-certificate --ca-certificate file://own.pem --certificate-mode SNI_ONLY \\
    --set-as-active --allow-auto-registration --query certificateId --output text)
touch index.txt
printf '[ca]\\ndefault_ca=c\\n[c]\\ndatabase=index.txt\\ndefault_md=sha256\\n' > list.cnf
openssl ca -gencrl -config list.cnf -keyfile ca.key -cert own.pem -crldays 1 -out list.crl
aws iot create-keys-and-certificate --set-as-active --certificate-pem-outfile device.pem
cp "$NAMEPLATE_ROOT_CA" root-ca.pem
nameplate vending batch create lamps --proof token --template fleet.json \\
    --role arn:aws:iam::123456789012:role/provisioning
printf 'serialNumber,token\\nSN-1,correct-horse\\n' > lamps.csv
nameplate vending import lamps.csv --batch lamps
""",
}
#: What a page's server was started with.
FLAGS = {"docs/testing.md": ["--allow-reset"]}
#: Words that must be among what a session printed.
PRINTED = {
    ("README.md", 0): ['"things": [', "  client id    anyclientID", "ms  provisioned", "refused\n"],
    ("README.md", 1): ["BEGIN CERTIFICATE"],
    ("README.md", 2): ['"things": []'],
    ("docs/vending.md", 0): ["SN-1 of batch lamps: VENDED", "vended"],
    ("docs/authorizers.md", 0): ["connected\n", "authorizer"],
    ("docs/authorizers.md", 1): ["published\n", "callback-denied"],
    ("docs/certificates.md", 0): ["device.pem: good", "device.pem: OK", "10002 devices"],
    ("docs/credentials.md", 0): ['"expiration"'],
    ("docs/fleet-provisioning.md", 1): ["\nSN-1\n", "berlin/hall-3", "asked about SN-2"],
    ("docs/functions.md", 0): ['"lamp"', "heard"],
    ("docs/functions.md", 1): ["activated "],
    ("docs/mqtt.md", 0): ["VALID\n"],
    ("docs/rules.md", 1): ['\\"temperature\\":31'],
}


def pages():
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("packaging/**/*.md")]
    return sorted(str(path.relative_to(ROOT)) for path in found)


def translation(page):
    return page.endswith(".zh-CN.md")


RUNS = [
    pytest.param(page, number, id=f"{page}-{number}")
    for page in pages()
    if not translation(page) and page not in ELSEWHERE
    for number in range(len(sessions(page)))
]


@pytest.mark.parametrize("page, number", RUNS)
def test_commands_run_as_they_are_written(page, number, tmp_path):
    shell, session = Shell(tmp_path / "here"), sessions(page)[number]
    script = "".join(block.commands for block in session)
    script = GIVEN.get((page, number), "") + script
    try:
        if not any(starts_a_server(block) for block in session):
            shell.with_server(*FLAGS.get(page, []))
            script = f'eval "$(nameplate env)"\n{script}'
        printed = shell.run(script)
    finally:
        shell.close()
    for words in PRINTED.get((page, number), ()):
        assert words in printed, printed
    for block in session:
        if block.language == "console":
            seen = alike(printed)
            missing = [line for line in alike(block.printed) if line not in seen]
            assert not missing, f"{block}: {missing} not in\n{printed}"


def test_the_whole_nameplate_toml_is_one(tmp_path):
    (whole,) = [block.text for block in blocks("README.md") if block.language == "toml"]
    shell = Shell(tmp_path / "here")
    (tmp_path / "here" / "nameplate.toml").write_text(whole.replace("/var/lib/nameplate", str(tmp_path / "data")))
    shell.run('''nameplate serve --config nameplate.toml &
eval "$(nameplate env --wait)"
[ "$AWS_REGION" = eu-central-1 ]
[ "$(aws iot describe-endpoint --endpoint-type iot:Data-ATS --output text)" = iot.plant.example ]
openssl x509 -in "$NAMEPLATE_ROOT_CA" -noout
''')


def test_the_site_has_every_page_and_no_broken_link(tmp_path):
    told = run([ROOT / "scripts" / "site", tmp_path / "site"]).stdout
    assert re.match(r"\d+ pages", told)
    made = sorted((tmp_path / "site").rglob("*.html"))
    assert len(made) >= len(list(ROOT.glob("docs/**/*.md")))
    for file in made:
        text = file.read_text()
        # It shows addresses, and loads from none of them.
        assert not re.search(r"<(script|img|iframe|link|object)[^>]*https?:", text), file
        assert "<script" not in text and "default-src 'none'" in text, file


def test_every_block_says_what_it_is():
    for page in set(pages()) - set(ELSEWHERE):
        for block in blocks(page):
            assert block.language, f"{block}: a block is `sh`, `console`, or named by what it shows"
            assert not (block.reason and block.language not in COMMANDS), f"{block}: it would not run anyway"


def without_comments(block):
    """Commands, and what they show; what is said beside them is in the page's language."""
    return re.sub(r"(^|[ \t]+)#.*$", "", block.text, flags=re.MULTILINE)


def test_the_translated_reasons_are_reasons():
    """The page in Chinese has no code that is gone. New ones may come to it later: it says where all of them are."""
    english, chinese = (
        re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs" / name).read_text(), re.MULTILINE)
        for name in ["explain.md", "explain.zh-CN.md"]
    )
    assert set(chinese) <= set(english) and len(chinese) > 200


@pytest.mark.parametrize("page", [page for page in pages() if translation(page)])
def test_a_translation_shows_the_same_commands(page):
    def shown(of):
        return [(block.language, without_comments(block)) for block in blocks(of)]

    assert shown(page) == shown(page.replace(".zh-CN.md", ".md"))
