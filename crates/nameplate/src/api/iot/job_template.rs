//! Templates of jobs: owners' own, and those that the service offers.

use crate::api::Call;
use crate::api::iot::job::{kept, owned};
use crate::api::iot::tag;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::jobs::NewTemplate;
use nameplate_core::job::{MANAGED, Managed};
use serde_json::{Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 100;

const KEPT: [&str; 7] = [
    "description",
    "presignedUrlConfig",
    "jobExecutionsRolloutConfig",
    "abortConfig",
    "timeoutConfig",
    "jobExecutionsRetryConfig",
    "maintenanceWindows",
];

fn named(call: &Call<'_>, id: &str) -> Value {
    let arn = call.caller.ctx.realm.iot(format_args!("jobtemplate/{id}"));
    json!({"jobTemplateArn": arn, "jobTemplateId": id})
}

/// `CreateJobTemplate`.
pub async fn create_job_template(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["destinationPackageVersions"])?;
    let id = call.required("jobTemplateId")?;
    let new = NewTemplate {
        id: id.to_owned(),
        job: owned(call, "jobArn"),
        document: owned(call, "document"),
        source: owned(call, "documentSource"),
        members: kept(call, &KEPT),
        tags: tag::given(call),
    };
    call.app.jobs.create_template(&call.caller, new).await?;
    Ok(named(call, id))
}

/// `DescribeJobTemplate`.
pub async fn describe_job_template(call: &Call<'_>) -> Result<Value, Error> {
    let found = call
        .app
        .jobs
        .template(call.required("jobTemplateId")?)
        .await?;
    let mut answer = named(call, &found.id);
    answer["document"] = found.document.into();
    answer["createdAt"] = found.created.as_seconds_f64().into();
    for (name, value) in found.members {
        answer[name] = value;
    }
    Ok(answer)
}

/// `ListJobTemplates`.
pub async fn list_job_templates(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let after = page.key()?.unwrap_or(0);
    let mut found = call.app.jobs.templates(after, page.size + 1).await?;
    let next = page.cut(&mut found, |template| template.key.to_string());
    let items = found.iter().map(|template| {
        let mut item = named(call, &template.id);
        item["description"] = template
            .members
            .get("description")
            .cloned()
            .unwrap_or_default();
        item["createdAt"] = template.created.as_seconds_f64().into();
        item
    });
    Ok(page.answer("jobTemplates", items.collect(), next))
}

/// `DeleteJobTemplate`.
pub async fn delete_job_template(call: &Call<'_>) -> Result<Value, Error> {
    let id = call.required("jobTemplateId")?;
    call.app.jobs.delete_template(&call.caller, id).await?;
    Ok(json!({}))
}

fn managed(call: &Call<'_>, template: &Managed) -> Value {
    let realm = &call.caller.ctx.realm;
    json!({
        // AWS's own belong to no account.
        "templateArn": format!(
            "arn:{}:iot:{}::jobtemplate/{}:{}",
            realm.partition(),
            realm.region,
            template.name,
            Managed::VERSION
        ),
        "templateName": template.name,
        "description": template.description,
        "environments": [Managed::ENVIRONMENT],
        "templateVersion": Managed::VERSION,
    })
}

/// `DescribeManagedJobTemplate`.
pub async fn describe_managed_job_template(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("templateName")?;
    let version = call.input.text("templateVersion");
    let found = Managed::named(name)
        .filter(|_| version.is_none_or(|version| version == Managed::VERSION))
        .ok_or_else(|| Error::not_found(format!("Managed job template {name} cannot be found.")))?;
    let mut answer = managed(call, found);
    let parameters: Vec<Value> = found
        .parameters
        .iter()
        .map(|parameter| {
            json!({
                "key": parameter.key,
                "description": parameter.description,
                "regex": "^.*$",
                "example": parameter.example,
                "optional": parameter.optional,
            })
        })
        .collect();
    answer["documentParameters"] = parameters.into();
    answer["document"] = found.document().into();
    Ok(answer)
}

/// `ListManagedJobTemplates`.
pub async fn list_managed_job_templates(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let name = call.input.text("templateName");
    let found = MANAGED.iter();
    let found = found.filter(|managed| name.is_none_or(|name| name == managed.name));
    let (found, next) = page.alphabetical(found.collect(), true, |managed| managed.name);
    let items = found
        .iter()
        .map(|template| managed(call, template))
        .collect();
    Ok(page.answer("managedJobTemplates", items, next))
}
