//! The host names that DescribeEndpoint answers: AWS's form of an account's endpoints, one name for each type.
//!
//! Owns the forms. Must not know which name a server was given, nor who answers there.

/// What an endpoint is for (AWS API reference: DescribeEndpoint).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointType {
    /// `iot:Data`, and what is meant where no type is named.
    Data,
    /// `iot:Data-ATS`.
    DataAts,
    /// `iot:CredentialProvider`.
    CredentialProvider,
    /// `iot:Jobs`.
    Jobs,
}

impl EndpointType {
    /// All of them; the one that devices of today use comes first.
    pub const ALL: [Self; 4] = [
        Self::DataAts,
        Self::Data,
        Self::CredentialProvider,
        Self::Jobs,
    ];

    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Data => "iot:Data",
            Self::DataAts => "iot:Data-ATS",
            Self::CredentialProvider => "iot:CredentialProvider",
            Self::Jobs => "iot:Jobs",
        }
    }

    /// The type of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == text)
    }
}

/// A host name in the form that AWS gives an account's endpoints, `ID-ats.iot.REGION.SUFFIX`, taken apart: who parses
/// the region out of such a name can be served under any suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsForm {
    id: String,
    /// Between id and `ats`; the China regions have a dot there.
    joint: char,
    region: String,
    suffix: String,
}

impl AwsForm {
    /// Reads a host name of any of the types, `None` where it has another form. Letter case does not count.
    pub fn parse(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let (first, rest) = host.split_once('.')?;
        let (kind, rest) = match rest.strip_prefix("iot.") {
            Some(rest) => (None, rest),
            None => {
                let (kind, rest) = rest.split_once(".iot.")?;
                (Some(kind), rest)
            }
        };
        let (region, suffix) = rest.split_once('.')?;
        if !is_region(region) || suffix.split('.').any(str::is_empty) {
            return None;
        }
        let of_region = if region.starts_with("cn-") { '.' } else { '-' };
        let (id, joint) = match (kind, first.strip_suffix("-ats")) {
            (None, Some(id)) => (id, '-'),
            (Some("ats"), _) => (first, '.'),
            (None | Some("credentials" | "jobs"), _) => (first, of_region),
            _ => return None,
        };
        let is_id = !id.is_empty()
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_id.then(|| Self {
            id: id.to_owned(),
            joint,
            region: region.to_owned(),
            suffix: suffix.to_owned(),
        })
    }

    /// The region in the name.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The host name of a type.
    pub fn host(&self, kind: EndpointType) -> String {
        let Self {
            id,
            joint,
            region,
            suffix,
        } = self;
        match kind {
            EndpointType::Data => format!("{id}.iot.{region}.{suffix}"),
            EndpointType::DataAts => format!("{id}{joint}ats.iot.{region}.{suffix}"),
            EndpointType::CredentialProvider => format!("{id}.credentials.iot.{region}.{suffix}"),
            EndpointType::Jobs => format!("{id}.jobs.iot.{region}.{suffix}"),
        }
    }
}

/// What DescribeEndpoint answers for a type where the server has this name: the type's own form of a name in AWS's form,
/// else the name itself.
pub fn host_of(endpoint_host: &str, kind: EndpointType) -> String {
    AwsForm::parse(endpoint_host).map_or_else(|| endpoint_host.to_owned(), |form| form.host(kind))
}

/// All that [`host_of`] may answer, the name itself first, each once. Lower case where the name has AWS's form.
pub fn hosts_of(endpoint_host: &str) -> Vec<String> {
    let mut hosts = vec![endpoint_host.to_owned()];
    for kind in EndpointType::ALL {
        let host = host_of(endpoint_host, kind);
        if !hosts.iter().any(|known| known.eq_ignore_ascii_case(&host)) {
            hosts.push(host);
        }
    }
    hosts
}

/// Services whose names below a server's lead to the server, whatever stands in front of them.
const SERVICES: &[&str] = &[
    "acm",
    "acm-pca",
    "apigateway",
    "dynamodb",
    "execute-api",
    "iam",
    "iot",
    "lambda",
    "lambda-url",
    "logs",
    "s3",
    "sns",
    "sqs",
    "sts",
];
/// Domains in which only AWS's own services have names.
const OF_AWS: &[&str] = &["amazonaws.com", "amazonaws.com.cn", "api.aws", "on.aws"];

/// Whether a server with these endpoint hosts answers under a name or an address itself, so that nothing else may lie
/// there: one of [`hosts_of`] them, the loopback, any address, `ID.execute-api.…` and `ID.lambda-url.…`, and what only AWS
/// can name. Letter case does not count.
pub fn is_own<'h>(host: &str, endpoint_hosts: impl IntoIterator<Item = &'h str>) -> bool {
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok() {
        return true;
    }
    let below = |domain: &str| host.strip_suffix(domain)?.strip_suffix('.');
    if OF_AWS
        .iter()
        .any(|domain| host == *domain || below(domain).is_some())
    {
        return true;
    }
    if matches!(host.split('.').nth(1), Some("execute-api" | "lambda-url")) {
        return true;
    }
    let mut own = endpoint_hosts.into_iter().flat_map(hosts_of);
    own.any(|own| own.eq_ignore_ascii_case(host))
}

/// Whether a name is a service's below one of these endpoint hosts, or lies below such a one: `s3.HOST`, `BUCKET.s3.HOST`.
/// Letter case does not count.
pub fn is_of_service<'h>(host: &str, endpoint_hosts: impl IntoIterator<Item = &'h str>) -> bool {
    let host = host.to_ascii_lowercase();
    endpoint_hosts.into_iter().any(|endpoint| {
        let rest = host.strip_suffix(&endpoint.to_ascii_lowercase());
        let rest = rest.and_then(|rest| rest.strip_suffix('.'));
        let label = rest.and_then(|rest| rest.rsplit('.').next());
        label.is_some_and(|label| SERVICES.contains(&label))
    })
}

/// `us-east-1`, `cn-northwest-1`, `us-gov-west-1`: words and a number.
fn is_region(text: &str) -> bool {
    let mut words: Vec<&str> = text.split('-').collect();
    let number = words.pop().unwrap_or_default();
    words.len() >= 2
        && words
            .iter()
            .all(|word| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names() {
        let hosts = ["Iot.Example.com", "a1-ats.iot.eu-west-1.plant", "10.0.0.1"];
        for own in [
            "iot.example.com",
            "IOT.example.com.",
            "a1.credentials.iot.eu-west-1.plant",
            "localhost",
            "10.0.0.1",
            "192.0.2.7",
            "[::1]",
            "x1.execute-api.eu-west-1.example.org",
            "*.execute-api.eu-west-1.example.org",
            "x1.Lambda-URL.eu-west-1.on.aws",
            "iot.eu-west-1.amazonaws.com",
            "*.amazonaws.com.cn",
        ] {
            assert!(is_own(own, hosts), "{own}");
        }
        for other in [
            "api.example.com",
            "example.com",
            "api.iot.example.com",
            "*.example.com",
            "s3.example.org",
            "xamazonaws.com",
            "api.localhost",
            "execute-api.example.org",
        ] {
            assert!(!is_own(other, hosts), "{other}");
            assert!(!is_of_service(other, hosts), "{other}");
        }
        for service in ["s3.iot.example.com", "*.S3.iot.example.com", "sts.10.0.0.1"] {
            assert!(is_of_service(service, hosts), "{service}");
        }
    }

    #[test]
    fn each_type_has_a_form_of_its_own() {
        let check = |host: &str, expected: [&str; 4]| {
            let hosts = EndpointType::ALL.map(|kind| host_of(host, kind));
            assert_eq!(hosts, expected, "{host}");
        };
        let oregon = [
            "abc123-ats.iot.us-west-2.amazonaws.com",
            "abc123.iot.us-west-2.amazonaws.com",
            "abc123.credentials.iot.us-west-2.amazonaws.com",
            "abc123.jobs.iot.us-west-2.amazonaws.com",
        ];
        for host in oregon {
            check(host, oregon);
        }
        check("ABC123-ats.iot.us-west-2.amazonaws.com", oregon);
        // As the endpoints of the China regions are written by who has one.
        let beijing = [
            "abc123.ats.iot.cn-north-1.amazonaws.com.cn",
            "abc123.iot.cn-north-1.amazonaws.com.cn",
            "abc123.credentials.iot.cn-north-1.amazonaws.com.cn",
            "abc123.jobs.iot.cn-north-1.amazonaws.com.cn",
        ];
        for host in beijing {
            check(host, beijing);
        }
        check(
            "abc123-ats.iot.cn-north-1.amazonaws.com.cn",
            [
                "abc123-ats.iot.cn-north-1.amazonaws.com.cn",
                beijing[1],
                beijing[2],
                beijing[3],
            ],
        );
        check(
            "plant-ats.iot.us-gov-west-1.lan",
            [
                "plant-ats.iot.us-gov-west-1.lan",
                "plant.iot.us-gov-west-1.lan",
                "plant.credentials.iot.us-gov-west-1.lan",
                "plant.jobs.iot.us-gov-west-1.lan",
            ],
        );
    }

    #[test]
    fn other_names_are_all_types() {
        for host in [
            "localhost",
            "iot.example.com",
            "plant.iot.example.com",
            "a-ats.iot.us-east-1",
            "a.b-ats.iot.us-east-1.lan",
            "a.other.iot.us-east-1.lan",
            "-ats.iot.us-east-1.lan",
            "a-ats.iot.us-east-1..lan",
            "192.0.2.1",
        ] {
            assert_eq!(AwsForm::parse(host), None, "{host}");
            assert_eq!(hosts_of(host), [host]);
        }
    }

    #[test]
    fn a_certificate_needs_all_forms() {
        assert_eq!(
            hosts_of("a1-ats.iot.eu-west-1.example.com"),
            [
                "a1-ats.iot.eu-west-1.example.com",
                "a1.iot.eu-west-1.example.com",
                "a1.credentials.iot.eu-west-1.example.com",
                "a1.jobs.iot.eu-west-1.example.com",
            ]
        );
        let form = AwsForm::parse("a1-ats.iot.eu-west-1.example.com").expect("AWS's form");
        assert_eq!(form.region(), "eu-west-1");
    }
}
