"""The parts of AWS's `awsglue` package that code in a session imports; see the embedded endpoint."""
