//! What happened, as spans for a collector of OpenTelemetry's: OTLP over HTTP, in batches, beside the work and never in
//! its way. A collector that is slow or away costs spans and nothing else.
//!
//! Must not know: devices, APIs, the store. Must not read the clock: whoever tells what happened knows when.

mod collector;

pub use collector::{Collector, address};

use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanKind, Status, TraceContextExt as _,
    TracerProvider as _,
};
use opentelemetry::{Context, Key, KeyValue};
use opentelemetry_otlp::{Protocol, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use std::borrow::Cow;
use std::time::SystemTime;

pub use opentelemetry::Value;

/// Something that took its time, with what it was made of.
#[derive(Debug, Clone)]
pub struct Span {
    /// What it is: one of few names. Which one of its kind is an attribute.
    pub name: Cow<'static, str>,
    /// When it began.
    pub began: SystemTime,
    /// When it ended, not before it began.
    pub ended: SystemTime,
    /// What is known of it, by OpenTelemetry's names where it has one.
    pub attributes: Vec<(&'static str, Value)>,
    /// Why it failed, if it did.
    pub failed: Option<String>,
    /// What it was made of, in order.
    pub steps: Vec<Span>,
}

impl Span {
    /// Nothing but a name and a time.
    pub fn new(name: impl Into<Cow<'static, str>>, began: SystemTime, ended: SystemTime) -> Self {
        Self {
            name: name.into(),
            began,
            ended: ended.max(began),
            attributes: Vec::new(),
            failed: None,
            steps: Vec::new(),
        }
    }

    /// With one more attribute, if there is one.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Option<impl Into<Value>>) -> Self {
        self.attributes
            .extend(value.map(|value| (name, value.into())));
        self
    }
}

/// Why no span will reach a collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit(pub String);

/// On its way to a collector.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl Traces {
    /// Sends from now on. Which share of the traces, in which batches, with which headers and as which service is told by
    /// OpenTelemetry's own variables (`OTEL_TRACES_SAMPLER`, `OTEL_BSP_…`, `OTEL_EXPORTER_OTLP_HEADERS`,
    /// `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`). To be called in the runtime by which the collector is reached,
    /// which must outlive [`Traces::stop`].
    ///
    /// # Errors
    /// OpenTelemetry takes a variable for wrong.
    pub fn start(collector: Collector, version: &'static str) -> Result<Self, Unfit> {
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(collector.url())
            .with_http_client(collector)
            .build()
            .map_err(|error| Unfit(error.to_string()))?;
        let resource =
            || Resource::builder().with_attribute(KeyValue::new("service.version", version));
        let named = resource()
            .build()
            .get(&Key::from_static_str("service.name"));
        // What the library says where nobody has named the service.
        let nameless = named.is_none_or(|name| name.as_str().starts_with("unknown_service"));
        let resource = match nameless {
            true => resource().with_service_name("nameplate"),
            false => resource(),
        };
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        let tracer = provider.tracer("nameplate");
        Ok(Self { provider, tracer })
    }

    /// Something has happened. `caller`: the header `traceparent` of whoever asked for it (W3C Trace Context), of whose
    /// trace it is then a part; whether that one is sampled decides over this.
    pub fn tell(&self, caller: Option<&str>, span: Span) {
        let parent = match caller {
            Some(header) => TraceContextPropagator::new().extract(&Header(header)),
            None => Context::new(),
        };
        self.tell_within(&parent, SpanKind::Server, span);
    }

    fn tell_within(&self, parent: &Context, kind: SpanKind, span: Span) {
        let attributes = span.attributes.into_iter();
        let attributes = attributes.map(|(name, value)| KeyValue::new(name, value));
        let mut told = SpanBuilder::from_name(span.name)
            .with_kind(kind)
            .with_start_time(span.began)
            .with_attributes(attributes)
            .start_with_context(&self.tracer, parent);
        if told.is_recording() {
            let within = Context::new().with_remote_span_context(near(told.span_context()));
            for step in span.steps {
                self.tell_within(&within, SpanKind::Internal, step);
            }
        }
        if let Some(why) = span.failed {
            told.set_status(Status::error(why));
        }
        told.end_with_timestamp(span.ended);
    }

    /// Sends what waits, for a few seconds at most, and nothing from then on. Blocks.
    ///
    /// # Errors
    /// Not everything was sent.
    pub fn stop(&self) -> Result<(), Unfit> {
        let stopped = self.provider.shutdown();
        stopped.map_err(|error| Unfit(error.to_string()))
    }
}

/// The same span, as one of this process.
fn near(context: &SpanContext) -> SpanContext {
    SpanContext::new(
        context.trace_id(),
        context.span_id(),
        context.trace_flags(),
        false,
        context.trace_state().clone(),
    )
}

/// The one header that is looked at.
struct Header<'a>(&'a str);

impl Extractor for Header<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent").then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}
