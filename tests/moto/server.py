"""moto's server, with what it lacks of Lambda and CloudWatch, as AWS documents it.

- CloudWatch's newer protocol, <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>, which the SDK for Rust speaks:
  requests and responses are put into the JSON that moto takes.
- <https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html>. The limit is that of
  `MOTO_LAMBDA_CONCURRENCY_QUOTA`, by which moto itself refuses reservations.
- <https://docs.aws.amazon.com/lambda/latest/api/API_ListProvisionedConcurrencyConfigs.html> and the call that sets one.
"""

import datetime
import io
import json
import os
import re
import struct
import urllib.parse

import botocore.session
import moto.server
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer
from moto.awslambda.models import lambda_backends
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

ACCOUNT = "123456789012"
CBOR = "application/cbor"
CLOUDWATCH = botocore.session.get_session().get_service_model("cloudwatch")
OPERATION = re.compile(r"/service/(\w+)/operation/(\w+)")
PROVISIONED = re.compile(r"/2019-09-30/functions/([^/]+)/provisioned-concurrency")

# By region and function: what is provisioned for which of its aliases.
provisioned = {}


class Serializer(RpcV2CBORSerializer):
    def _serialize_type_timestamp(self, serialized, value, shape, key):
        # Whole seconds too are floating-point numbers, as the SDK for Rust wants them.
        serialized += b"\xc1\xfb" + struct.pack(">d", value.timestamp())


class Application(DomainDispatcherApplication):
    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if found := OPERATION.fullmatch(path):
            return self.cloudwatch(*found.groups(), environ, start_response)
        # `…/us-east-1/lambda/aws4_request` is in the signature.
        region = environ.get("HTTP_AUTHORIZATION", "//us-east-1").split("/")[2]
        if path.rstrip("/") == "/2016-08-19/account-settings":
            return answer(account_settings(region), start_response)
        if found := PROVISIONED.fullmatch(urllib.parse.unquote(path)):
            return answer(provisioned_concurrency(region, found[1], environ), start_response)
        return super().__call__(environ, start_response)

    def cloudwatch(self, service, operation, environ, start_response):
        shape = CLOUDWATCH.operation_model(operation).output_shape
        parser = RpcV2CBORParser()
        request = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body(environ)))
        request = json.dumps(request, default=datetime.datetime.timestamp).encode()
        environ = environ | {
            "PATH_INFO": "/",
            "CONTENT_TYPE": "application/x-amz-json-1.0",
            "CONTENT_LENGTH": str(len(request)),
            "HTTP_X_AMZ_TARGET": f"{service}.{operation}",
            "wsgi.input": io.BytesIO(request),
        }
        started = []
        response = b"".join(super().__call__(environ, lambda status, headers, *_: started.append(status)))
        response, encoded = json.loads(response or b"{}"), bytearray()
        if shape is not None and started[0].startswith("200"):
            Serializer()._serialize_data_item(encoded, dated(response, shape), shape)
        elif started[0].startswith("200"):
            encoded += b"\xa0"
        else:
            raise AssertionError(response)
        headers = [("Content-Type", CBOR), ("smithy-protocol", "rpc-v2-cbor"), ("Content-Length", str(len(encoded)))]
        start_response(started[0], headers)
        return [bytes(encoded)]


def dated(value, shape):
    """The value with its numbers as this shape's timestamps."""
    if shape.type_name == "structure":
        return {name: dated(value[name], member) for name, member in shape.members.items() if name in value}
    if shape.type_name == "list":
        return [dated(one, shape.member) for one in value]
    if shape.type_name == "timestamp":
        return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    return float(value) if shape.type_name in ("double", "float") else value


def account_settings(region):
    limit = int(os.environ["MOTO_LAMBDA_CONCURRENCY_QUOTA"])
    reserved = sum(int(function.reserved_concurrency or 0) for function in lambda_backends[ACCOUNT][region].list_functions())
    return {"AccountLimit": {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": limit - reserved}}


def provisioned_concurrency(region, function, environ):
    aliases = provisioned.setdefault((region, function), {})
    query = urllib.parse.parse_qs(environ["QUERY_STRING"])
    if environ["REQUEST_METHOD"] == "PUT":
        aliases[query["Qualifier"][0]] = json.loads(body(environ))["ProvisionedConcurrentExecutions"]
    configs = [
        {
            "FunctionArn": f"arn:aws:lambda:{region}:{ACCOUNT}:function:{function}:{alias}",
            "RequestedProvisionedConcurrentExecutions": number,
            "AllocatedProvisionedConcurrentExecutions": number,
            "Status": "READY",
        }
        for alias, number in aliases.items()
    ]
    return {"ProvisionedConcurrencyConfigs": configs}


def body(environ):
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def answer(value, start_response):
    text = json.dumps(value).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]


# Functions have a role, and moto looks whether it is there.
iam_backends[ACCOUNT]["aws"].create_role("functions", "{}", "/", None, "", [], None)
moto.server.DomainDispatcherApplication = Application
moto.server.main()
