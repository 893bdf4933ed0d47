"""Lambda before there is a function: what scripts, Terraform and the CLI's waiters ask first (Lambda API reference)."""

import pytest
from lib import ACCOUNT, REGION, fails, user_key

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"


@pytest.fixture(scope="module")
def lambda_(server):
    return server.client("lambda")


def test_nothing_is_listed(make_server):
    server = make_server()
    lambda_ = server.client("lambda")
    assert lambda_.list_functions()["Functions"] == []
    assert list(lambda_.get_paginator("list_functions").paginate())[0]["Functions"] == []
    assert server.aws("lambda", "list-functions") == {"Functions": []}


@pytest.mark.parametrize("name", ["f", ARN, f"{ACCOUNT}:function:f"])
def test_a_function_that_is_not_there(lambda_, name):
    answer = fails(lambda: lambda_.get_function(FunctionName=name), "ResourceNotFoundException",
                   f"Function not found: {ARN}", status=404)  # fmt: skip
    assert answer["Type"] == "User"
    with pytest.raises(lambda_.exceptions.ResourceNotFoundException):
        lambda_.get_function_configuration(FunctionName=name)


def test_what_terraform_reads(lambda_):
    for call in (
        lambda: lambda_.get_policy(FunctionName="f"),
        lambda: lambda_.get_function_concurrency(FunctionName="f"),
        lambda: lambda_.get_function_code_signing_config(FunctionName="f"),
        lambda: lambda_.list_versions_by_function(FunctionName="f"),
        lambda: lambda_.list_tags(Resource=ARN),
    ):
        fails(call, "ResourceNotFoundException", ARN, status=404)
    fails(lambda: lambda_.get_alias(FunctionName="f", Name="live"), "ResourceNotFoundException", status=404)


def test_permission_is_by_the_functions_arn(server):
    allowed = {"Effect": "Allow", "Action": "lambda:GetFunction", "Resource": ARN}
    _, key = user_key(server, {"Version": "2012-10-17", "Statement": [allowed]})
    user = server.client("lambda", key)
    fails(lambda: user.get_function(FunctionName="f"), "ResourceNotFoundException")
    fails(lambda: user.get_function(FunctionName="g"), "AccessDeniedException", "function:g", status=403)
    fails(user.list_functions, "AccessDeniedException", status=403)
