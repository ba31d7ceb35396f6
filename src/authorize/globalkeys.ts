/**
 * AWS's condition keys that are not of one service, and those of `execute-api` requests. A slash at the end: a name
 * follows.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export const GLOBAL_KEYS: readonly string[] = [
  ...['aws:AssumedRoot', 'aws:CalledVia', 'aws:CalledViaAWSMCP', 'aws:CalledViaFirst', 'aws:CalledViaLast'],
  ...['aws:ChatbotSourceArn', 'aws:CurrentTime', 'aws:Ec2InstanceSourcePrivateIPv4'],
  ...['aws:Ec2InstanceSourceVpc', 'aws:EpochTime', 'aws:FederatedProvider', 'aws:IsMcpServiceAction'],
  ...['aws:MultiFactorAuthAge', 'aws:MultiFactorAuthPresent', 'aws:PrincipalAccount', 'aws:PrincipalArn'],
  ...['aws:PrincipalIsAWSService', 'aws:PrincipalOrgID', 'aws:PrincipalOrgPaths', 'aws:PrincipalServiceName'],
  ...['aws:PrincipalServiceNamesList', 'aws:PrincipalTag/', 'aws:PrincipalType', 'aws:Referer'],
  ...['aws:RequestTag/', 'aws:RequestedRegion', 'aws:ResourceAccount', 'aws:ResourceOrgID'],
  ...[
    'aws:ResourceOrgPaths',
    'aws:ResourceTag/',
    'aws:SecureTransport',
    'aws:SourceAccount',
    'aws:SourceArn',
  ],
  ...['aws:SourceIdentity', 'aws:SourceIp', 'aws:SourceOrgID', 'aws:SourceOrgPaths', 'aws:SourceOwner'],
  ...['aws:SourceVpc', 'aws:SourceVpcArn', 'aws:SourceVpce', 'aws:TagKeys', 'aws:TokenIssueTime'],
  ...['aws:UserAgent', 'aws:ViaAWSMCPService', 'aws:ViaAWSService', 'aws:VpcSourceIp', 'aws:VpceAccount'],
  ...['aws:VpceOrgID', 'aws:VpceOrgPaths', 'aws:userid', 'aws:username'],
]
