//! Templates of jobs that the service offers. AWS guide: job-template-manage-console-create, jobs-managed-templates.
//!
//! Their documents are what AWS's device client reads: a list of steps, each of which runs a handler or a command.

use serde_json::{Value, json};

/// A template of the service's.
#[derive(Debug, Clone, Copy)]
pub struct Managed {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// What its document has places for.
    pub parameters: &'static [ManagedParameter],
    handler: Option<(&'static str, &'static str)>,
}

/// A parameter of a managed template.
#[derive(Debug, Clone, Copy)]
pub struct ManagedParameter {
    /// Its name.
    pub key: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// A value as it could be.
    pub example: &'static str,
    /// Whether it may be left out.
    pub optional: bool,
}

const RUN_AS: ManagedParameter = ManagedParameter {
    key: "runAsUser",
    description: "The user whom the handler runs as; that of the device client where there is none.",
    example: "user1",
    optional: true,
};
const PATH: ManagedParameter = ManagedParameter {
    key: "pathToHandler",
    description: "The directory of the handler on the device; that of the device client's configuration where there is none.",
    example: "/home/user/.aws-iot-device-client/jobs",
    optional: true,
};

const fn needed(
    key: &'static str,
    description: &'static str,
    example: &'static str,
) -> ManagedParameter {
    ManagedParameter {
        key,
        description,
        example,
        optional: false,
    }
}

const PACKAGES: ManagedParameter = needed(
    "packages",
    "Names of packages, separated by spaces.",
    "nginx curl",
);
const SERVICES: ManagedParameter = needed(
    "services",
    "Names of services, separated by spaces.",
    "nginx mosquitto",
);

/// All of them, version 1.0, in the order of their names.
pub const MANAGED: &[Managed] = &[
    Managed {
        name: "AWS-Download-File",
        description: "Downloads a file.",
        parameters: &[
            needed(
                "downloadUrl",
                "The URL of the file; of S3 it may be one to be signed.",
                "https://example.com/file",
            ),
            needed(
                "filePath",
                "Where the file goes on the device.",
                "/home/user/file",
            ),
            RUN_AS,
            PATH,
        ],
        handler: Some(("Download-File", "download-file.sh")),
    },
    Managed {
        name: "AWS-Install-Application",
        description: "Installs applications.",
        parameters: &[PACKAGES, RUN_AS, PATH],
        handler: Some(("Install-Application", "install-packages.sh")),
    },
    Managed {
        name: "AWS-Reboot",
        description: "Reboots the device.",
        parameters: &[RUN_AS, PATH],
        handler: Some(("Reboot", "reboot.sh")),
    },
    Managed {
        name: "AWS-Remove-Application",
        description: "Removes applications.",
        parameters: &[PACKAGES, RUN_AS, PATH],
        handler: Some(("Remove-Application", "remove-packages.sh")),
    },
    Managed {
        name: "AWS-Restart-Application",
        description: "Restarts services.",
        parameters: &[SERVICES, RUN_AS, PATH],
        handler: Some(("Restart-Application", "restart-services.sh")),
    },
    Managed {
        name: "AWS-Run-Command",
        description: "Runs a command.",
        parameters: &[
            needed(
                "command",
                "Words of the command, separated by commas; a comma in a word stands behind a backslash.",
                "ls,-l",
            ),
            RUN_AS,
        ],
        handler: None,
    },
    Managed {
        name: "AWS-Start-Application",
        description: "Starts services.",
        parameters: &[SERVICES, RUN_AS, PATH],
        handler: Some(("Start-Application", "start-services.sh")),
    },
    Managed {
        name: "AWS-Stop-Application",
        description: "Stops services.",
        parameters: &[SERVICES, RUN_AS, PATH],
        handler: Some(("Stop-Application", "stop-services.sh")),
    },
];

impl Managed {
    /// The only version of each.
    pub const VERSION: &str = "1.0";
    /// What reads their documents.
    pub const ENVIRONMENT: &str = "LINUX";

    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        MANAGED.iter().find(|managed| managed.name == name)
    }

    /// The one that an ARN names behind `jobtemplate/`: `AWS-Reboot`, or with `:1.0` behind it.
    pub fn of_arn(name: &str) -> Option<&'static Self> {
        let (name, version) = name.split_once(':').unwrap_or((name, Self::VERSION));
        Self::named(name).filter(|_| version == Self::VERSION)
    }

    /// Its document, with places for its parameters.
    pub fn document(&self) -> String {
        let place = |name: &str| format!("${{aws:iot:parameter:{name}}}");
        let action = match self.handler {
            None => json!({
                "name": "Run-Command",
                "type": "runCommand",
                "input": {"command": place("command")},
                "runAsUser": place("runAsUser"),
            }),
            Some((name, handler)) => {
                let own = self
                    .parameters
                    .iter()
                    .filter(|parameter| !parameter.optional);
                let args: Vec<Value> = own.map(|parameter| place(parameter.key).into()).collect();
                let mut input = json!({"handler": handler});
                if !args.is_empty() {
                    input["args"] = args.into();
                }
                input["path"] = place("pathToHandler").into();
                json!({
                    "name": name,
                    "type": "runHandler",
                    "input": input,
                    "runAsUser": place("runAsUser"),
                })
            }
        };
        json!({"version": "1.0", "steps": [{"action": action}]}).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{check_document, parameters_of};

    #[test]
    fn documents_have_places_for_their_parameters() {
        for managed in MANAGED {
            let document = managed.document();
            assert_eq!(check_document(&document), Ok(()), "{}", managed.name);
            let mut places = parameters_of(&document);
            let mut keys: Vec<&str> = managed.parameters.iter().map(|known| known.key).collect();
            places.sort_unstable();
            keys.sort_unstable();
            assert_eq!(places, keys, "{}", managed.name);
        }
        assert!(MANAGED.is_sorted_by_key(|managed| managed.name));
        assert!(Managed::of_arn("AWS-Reboot:1.0").is_some());
        assert!(Managed::of_arn("AWS-Reboot:2.0").is_none());
        assert!(Managed::of_arn("AWS-Other").is_none());
    }
}
