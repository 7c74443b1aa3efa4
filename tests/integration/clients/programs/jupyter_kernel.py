"""AWS's own notebook kernel (aws-glue-sessions) runs the cells of a notebook.

It writes the addresses of Glue and STS itself, unless it has a profile: so it gets one, with the keys.
"""

import json
import os
from pathlib import Path

import aws_glue_interactive_sessions_kernel as glue_kernels
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

PROFILE = """[profile here]
region = {AWS_REGION}
endpoint_url = {AWS_ENDPOINT_URL}
aws_access_key_id = {AWS_ACCESS_KEY_ID}
aws_secret_access_key = {AWS_SECRET_ACCESS_KEY}
glue_role_arn = arn:aws:iam::000000000000:role/local
"""
CELLS = {
    "profile": "%profile here\n%session_id_prefix notebook\n%glue_version 5.1\n%idle_timeout 10",
    "spark": "counted = spark.range(5).count()\nprint(counted)",
    "sql": "%%sql\nselect 1 as one, 'a' as letter",
    "awsglue": "from awsglue.utils import getResolvedOptions\n"
    "import sys; getResolvedOptions(sys.argv, ['glue_kernel_version']), counted + 1",
    "error": "1 / 0",
    "figure": "import matplotlib; matplotlib.use('Agg')\nimport matplotlib.pyplot as plt\n"
    "lines = plt.plot([3, 1, 2])\nprint('drawn')\n%matplot plt",
    "status": "%status",
    "sessions": "%list_sessions",
    "stop": "%stop_session",
}
GONE = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def run(client, code):
    """What a cell shows: its text, the kinds of what it displays, and how it ended."""
    shown = {"text": "", "displayed": {}}

    def hear(message):
        content = message["content"]
        if message["msg_type"] == "stream":
            shown["text"] += content["text"]
        elif message["msg_type"] in ("display_data", "execute_result"):
            shown["displayed"].update({kind: text[:8] for kind, text in content["data"].items()})

    reply = client.execute_interactive(code, output_hook=hear, timeout=120)
    return {**shown, "status": reply["content"]["status"]}


config = Path.home() / "aws-config"
config.write_text(PROFILE.format(**os.environ))
environment = {name: value for name, value in os.environ.items() if name not in GONE}
environment["AWS_CONFIG_FILE"] = str(config)
# Its kernel.json is where `install-glue-kernels` takes it from.
specifications = KernelSpecManager(kernel_dirs=[str(Path(glue_kernels.__file__).parent)])
manager = KernelManager(kernel_name="glue_pyspark", kernel_spec_manager=specifications)
manager.start_kernel(env=environment)
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
found = {name: run(client, code) for name, code in CELLS.items()}
client.stop_channels()
manager.shutdown_kernel(now=True)
print(json.dumps(found))
