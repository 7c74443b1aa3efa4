"""IAM as far as a policy file asks for it: who may do what of Glue, S3, S3 Tables, Lake Formation and STS."""
