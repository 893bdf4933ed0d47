//! What a usage plan lets through: a rate with a burst, and a number of requests a period; and what keys have used of it.
//! [API Gateway REST API reference: ThrottleSettings, QuotaSettings, Usage]

use crate::ctx::Millis;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000;
/// Requests a second, and how many at once, where only the other is set (API Gateway quotas, of an account and region).
const DEFAULT_RATE: f64 = 10_000.0;
const DEFAULT_BURST: f64 = 5_000.0;

/// How long a server goes by what it counts itself and hears of others, milliseconds: what it has not heard is found where all
/// write down what was used.
const LOOKED: i64 = 10_000;

/// The limits of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// Requests a second, and how many at once.
    pub throttle: Option<(f64, f64)>,
    /// Requests in a period.
    pub quota: Option<(u64, Period)>,
}

/// A period of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// From midnight, UTC.
    Day,
    /// From so many days after Sunday, UTC.
    Week(i64),
    /// From so many days after the first, UTC.
    Month(i64),
}

/// Why a request is not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// More a second than the rate.
    Rate,
    /// More than the quota of the period.
    Quota,
}

/// What a key has used of a plan.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    tokens: f64,
    at: i64,
    begun: bool,
    // The day on which it began.
    period: Option<i64>,
    count: u64,
    // Taken elsewhere since the last time.
    elsewhere: u32,
    // When it was looked what all have used.
    looked: i64,
}

impl Limits {
    /// Of a plan's document.
    pub fn of(plan: &Value) -> Self {
        let throttle = plan.get("throttle").map(rate_and_burst);
        let quota = plan.get("quota").and_then(|quota| {
            let offset = quota["offset"].as_i64().unwrap_or(0);
            let period = match quota["period"].as_str()? {
                "DAY" => Period::Day,
                "WEEK" => Period::Week(offset),
                _ => Period::Month(offset),
            };
            Some((quota["limit"].as_u64()?, period))
        });
        Self { throttle, quota }
    }

    /// Of a plan's document for one of its keys, whose quota of this period may have been extended.
    pub fn of_key(plan: &Value, key: &str, now: Millis) -> Self {
        let mut limits = Self::of(plan);
        if let Some((limit, period)) = &mut limits.quota {
            let more = extension(plan, key, period.begins(day_of(now)));
            *limit = limit.saturating_add_signed(more);
        }
        limits
    }

    /// Of a plan for one method of a stage that it covers, beside those of the plan itself; with the method's name there.
    pub fn of_covered_method(stage: &Value, path: &str, method: &str) -> Option<(String, Self)> {
        let all = stage["throttle"].as_object()?;
        let find = |method: &str| {
            let wanted = format!("{path}/{method}");
            let wanted = wanted.trim_start_matches('/');
            all.iter()
                .find(|(key, _)| key.trim_start_matches('/') == wanted)
        };
        let (key, throttle) = find(method).or_else(|| find("ANY"))?;
        let limits = Self {
            throttle: Some(rate_and_burst(throttle)),
            quota: None,
        };
        Some((key.clone(), limits))
    }

    /// Of a method of a REST API's stage, with the name of its settings, which go before those of all methods (`*/*`).
    pub fn of_method(stage: &Value, path: &str, method: &str) -> Option<(String, Self)> {
        let (key, of) = super::settings::of(stage, path, method)?;
        let number = |name: &str| of[name].as_f64();
        let rate = number("throttlingRateLimit")?;
        let burst = number("throttlingBurstLimit")?;
        // What is negative is no limit.
        let burst = if burst < 0.0 { DEFAULT_BURST } else { burst };
        let limits = Self {
            throttle: (rate >= 0.0).then_some((rate, burst)),
            quota: None,
        };
        Some((key, limits))
    }

    /// Of a route of an HTTP API's stage, whose own settings go before those of all routes.
    pub fn of_route(stage: &Value, key: &str) -> Self {
        let own = &stage["routeSettings"][key];
        let all = &stage["defaultRouteSettings"];
        let of = |name: &str| own[name].as_f64().or_else(|| all[name].as_f64());
        let (rate, burst) = (of("throttlingRateLimit"), of("throttlingBurstLimit"));
        let throttle = match (rate, burst) {
            (None, None) => None,
            (rate, burst) => {
                let rate = rate.unwrap_or(DEFAULT_RATE);
                Some((rate, burst.unwrap_or(DEFAULT_BURST)))
            }
        };
        Self {
            throttle,
            quota: None,
        }
    }
}

fn rate_and_burst(throttle: &Value) -> (f64, f64) {
    let rate = throttle["rateLimit"].as_f64().unwrap_or(0.0);
    let burst = throttle["burstLimit"].as_f64().unwrap_or(rate.ceil());
    (rate, burst)
}

/// The stage of an API among those that a plan covers.
pub fn covered<'p>(plan: &'p Value, api: &str, stage: &str) -> Option<&'p Value> {
    let mut stages = plan["apiStages"].as_array()?.iter();
    stages.find(|of| of["apiId"] == api && of["stage"] == stage)
}

/// The member of a plan's document with the extensions of keys' quotas.
pub const EXTENDED: &str = "extended";

/// Days since 1970, UTC.
pub fn day_of(at: Millis) -> i64 {
    at.0.div_euclid(DAY)
}

/// By how many requests a key's quota is another in the period that begins on a day.
fn extension(plan: &Value, key: &str, begins: i64) -> i64 {
    let own = &plan[EXTENDED][key];
    match own["begins"].as_i64() {
        Some(of) if of == begins => own["requests"].as_i64().unwrap_or(0),
        _ => 0,
    }
}

/// Has a key that has used so much in this period, by its days, have so much left of it; whether the plan has a quota.
/// [API Gateway REST API reference: UpdateUsage]
pub fn extend(plan: &mut Value, key: &str, left: u64, used: &BTreeMap<i64, i64>, day: i64) -> bool {
    let Some((limit, period)) = Limits::of(plan).quota else {
        return false;
    };
    let begins = period.begins(day);
    let used: i64 = used.range(begins..=day).map(|(_, used)| used).sum();
    let clamped = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let requests = clamped(left)
        .saturating_add(used)
        .saturating_sub(clamped(limit));
    plan[EXTENDED][key] = json!({"begins": begins, "requests": requests});
    true
}

/// What a key used on each day of a range, whose ends are part of it, and what was left of its quota after that: `-1`
/// where there is none. `used` has all days of the period of the first one.
pub fn log(plan: &Value, key: &str, used: &BTreeMap<i64, i64>, days: (i64, i64)) -> Vec<[i64; 2]> {
    let quota = Limits::of(plan).quota;
    let of = |day: i64| used.get(&day).copied().unwrap_or(0);
    (days.0..=days.1)
        .map(|day| {
            let left = quota.map_or(-1, |(limit, period)| {
                let begins = period.begins(day);
                let before: i64 = used.range(begins..=day).map(|(_, used)| used).sum();
                let limit = limit.saturating_add_signed(extension(plan, key, begins));
                (i64::try_from(limit).unwrap_or(i64::MAX) - before).max(0)
            });
            [of(day), left]
        })
        .collect()
}

impl Period {
    /// The day on which the period of a day begins.
    pub fn begins(self, day: i64) -> i64 {
        match self {
            Self::Day => day,
            // The epoch was a Thursday.
            Self::Week(offset) => (day + 4 - offset).div_euclid(7) * 7 - 4 + offset,
            Self::Month(offset) => {
                let within = day.saturating_sub(offset);
                time::OffsetDateTime::from_unix_timestamp(within.saturating_mul(86_400))
                    .map_or(0, |at| day - i64::from(at.day()) + 1)
            }
        }
    }
}

impl Used {
    /// Whether it has what was used in the period of this quota, if there is one.
    pub fn is_current(&self, limits: &Limits, now: Millis) -> bool {
        let begins = |(_, period): (u64, Period)| period.begins(day_of(now));
        limits
            .quota
            .is_none_or(|quota| self.period == Some(begins(quota)))
    }

    /// Whether it is to be looked what all servers have used of a quota: it was not for a while. Whoever asks looks.
    pub fn looks(&mut self, limits: &Limits, now: Millis) -> bool {
        let is_due = limits.quota.is_some() && !(0..LOOKED).contains(&(now.0 - self.looked));
        if is_due {
            self.looked = now.0;
        }
        is_due
    }

    /// So much was used in the period, by all servers, as far as it is written down.
    pub fn resume(&mut self, limits: &Limits, now: Millis, count: u64) {
        let Some((_, period)) = limits.quota else {
            return;
        };
        if self.is_current(limits, now) {
            // Of the last second this one may know more than is written down.
            self.charge(limits, now);
            self.count = self.count.max(count);
        } else {
            (self.period, self.count) = (Some(period.begins(day_of(now))), count);
            // What was heard of others is in the count.
            self.elsewhere = 0;
        }
    }

    /// So many requests were let through by another server, a moment ago.
    pub fn count_elsewhere(&mut self, count: u32) {
        self.elsewhere = self.elsewhere.saturating_add(count);
    }

    /// Takes what was let through elsewhere, though it be more than there is.
    fn charge(&mut self, limits: &Limits, now: Millis) {
        let elsewhere = std::mem::take(&mut self.elsewhere);
        if elsewhere == 0 {
            return;
        }
        if let Some((_, period)) = limits.quota {
            let begins = Some(period.begins(day_of(now)));
            if begins != self.period {
                (self.period, self.count) = (begins, 0);
            }
            self.count = self.count.saturating_add(elsewhere.into());
        }
        if let Some((rate, burst)) = limits.throttle {
            let passed = (now.0 - self.at).max(0) as f64 / 1000.0;
            let there = match self.begun {
                true => (self.tokens + passed * rate).min(burst),
                false => burst,
            };
            // A second's debt at most, so that a burst elsewhere closes nothing for long.
            self.tokens = (there - f64::from(elsewhere)).max(-rate.max(1.0));
            (self.at, self.begun) = (now.0, true);
        }
    }

    /// Takes one request, if the limits let it through.
    ///
    /// # Errors
    /// Which limit does not.
    pub fn take(&mut self, limits: &Limits, now: Millis) -> Result<(), Over> {
        self.charge(limits, now);
        let mut next = *self;
        if let Some((limit, period)) = limits.quota {
            let begins = Some(period.begins(day_of(now)));
            if begins != next.period {
                (next.period, next.count) = (begins, 0);
            }
            if next.count >= limit {
                return Err(Over::Quota);
            }
            next.count += 1;
        }
        if let Some((rate, burst)) = limits.throttle {
            let passed = (now.0 - next.at).max(0) as f64 / 1000.0;
            next.tokens = match next.begun {
                true => (next.tokens + passed * rate).min(burst),
                false => burst,
            };
            (next.at, next.begun) = (now.0, true);
            if next.tokens < 1.0 {
                return Err(Over::Rate);
            }
            next.tokens -= 1.0;
        }
        *self = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_plan_lets_through_what_it_says() {
        let plan = json!({"throttle": {"rateLimit": 2.0, "burstLimit": 3}, "quota": {"limit": 6, "period": "DAY"}});
        let limits = Limits::of(&plan);
        let mut used = Used::default();
        let now = 1_795_448_532_345;
        for _ in 0..3 {
            assert_eq!(used.take(&limits, Millis(now)), Ok(()));
        }
        assert_eq!(used.take(&limits, Millis(now)), Err(Over::Rate));
        assert_eq!(used.take(&limits, Millis(now + 500)), Ok(()));
        assert_eq!(used.take(&limits, Millis(now + 500)), Err(Over::Rate));
        assert_eq!(used.take(&limits, Millis(now + 9000)), Ok(()));
        assert_eq!(used.take(&limits, Millis(now + 9000)), Ok(()));
        assert_eq!(used.take(&limits, Millis(now + 19000)), Err(Over::Quota));
        assert_eq!(used.take(&limits, Millis(now + DAY)), Ok(()));
        assert_eq!(Limits::of(&json!({})).throttle, None);
        let none = Limits::of(&json!({"throttle": {"rateLimit": 0.0, "burstLimit": 0}}));
        assert_eq!(Used::default().take(&none, Millis(now)), Err(Over::Rate));
    }

    #[test]
    fn what_is_let_through_elsewhere_counts() {
        let plan = json!({"throttle": {"rateLimit": 1.0, "burstLimit": 5}, "quota": {"limit": 10, "period": "DAY"}});
        let limits = Limits::of(&plan);
        let now = 1_795_448_532_345;
        let mut used = Used::default();
        used.count_elsewhere(3);
        for _ in 0..2 {
            assert_eq!(used.take(&limits, Millis(now)), Ok(()));
        }
        assert_eq!(used.take(&limits, Millis(now)), Err(Over::Rate));
        // However many there were, one may come a while later.
        used.count_elsewhere(4);
        assert_eq!(used.take(&limits, Millis(now)), Err(Over::Rate));
        assert_eq!(used.take(&limits, Millis(now + 3000)), Ok(()));
        assert_eq!(used.take(&limits, Millis(now + 9000)), Err(Over::Quota));
        assert_eq!(used.take(&limits, Millis(now + DAY)), Ok(()));
    }

    #[test]
    fn routes_have_their_own_limits_or_those_of_the_stage() {
        let stage = json!({"defaultRouteSettings": {"throttlingRateLimit": 5.0, "throttlingBurstLimit": 2},
            "routeSettings": {"GET /a": {"throttlingRateLimit": 1.0}}});
        let of = |key: &str| Limits::of_route(&stage, key).throttle;
        assert_eq!(of("GET /b"), Some((5.0, 2.0)));
        assert_eq!(of("GET /a"), Some((1.0, 2.0)));
        let none =
            json!({"defaultRouteSettings": {"detailedMetricsEnabled": false}, "routeSettings": {}});
        assert_eq!(Limits::of_route(&none, "GET /a").throttle, None);
        let burst = json!({"defaultRouteSettings": {"throttlingBurstLimit": 0}});
        let limits = Limits::of_route(&burst, "GET /a");
        assert_eq!(limits.throttle, Some((DEFAULT_RATE, 0.0)));
        let mut used = Used::default();
        assert_eq!(used.take(&limits, Millis(1)), Err(Over::Rate));
    }

    #[test]
    fn methods_of_a_covered_stage_have_limits_of_their_own() {
        let throttle = json!({"/a/{b}/GET": {"rateLimit": 1.0, "burstLimit": 2}, "/c/ANY": {"rateLimit": 3.0},
            "/GET": {"burstLimit": 4}});
        let plan = json!({"apiStages": [{"apiId": "x", "stage": "v1", "throttle": throttle}, {"apiId": "x", "stage": "v2"}]});
        let of = |stage: &str, path: &str, method: &str| {
            let stage = covered(&plan, "x", stage)?;
            let (key, limits) = Limits::of_covered_method(stage, path, method)?;
            Some((key, limits.throttle?))
        };
        assert_eq!(
            of("v1", "/a/{b}", "GET"),
            Some(("/a/{b}/GET".into(), (1.0, 2.0)))
        );
        assert_eq!(of("v1", "/c", "PUT"), Some(("/c/ANY".into(), (3.0, 3.0))));
        assert_eq!(of("v1", "/", "GET"), Some(("/GET".into(), (0.0, 4.0))));
        assert_eq!(of("v1", "/a/{b}", "PUT"), None);
        assert_eq!(of("v2", "/a/{b}", "GET"), None);
        assert_eq!(of("v3", "/a/{b}", "GET"), None);
    }

    #[test]
    fn methods_may_have_no_limit() {
        let of = |rate: f64, burst: i64| {
            let own = json!({"throttlingRateLimit": rate, "throttlingBurstLimit": burst});
            let stage = json!({"methodSettings": {"*/*": own}});
            let (_, limits) = Limits::of_method(&stage, "/a", "GET").expect("it has settings");
            limits.throttle
        };
        assert_eq!(of(-1.0, -1), None);
        assert_eq!(of(-1.0, 5), None);
        assert_eq!(of(2.0, -1), Some((2.0, DEFAULT_BURST)));
        assert_eq!(of(0.0, 0), Some((0.0, 0.0)));
    }

    #[test]
    fn periods_begin_where_calendars_say() {
        // 1970-01-04 was a Sunday.
        assert_eq!(
            [0, 2, 3, 9, 10].map(|day| Period::Week(0).begins(day)),
            [-4, -4, 3, 3, 10]
        );
        // From Mondays.
        assert_eq!(
            [3, 4, 10, 11].map(|day| Period::Week(1).begins(day)),
            [-3, 4, 4, 11]
        );
        assert_eq!(
            [0, 30, 31, 58].map(|day| Period::Month(0).begins(day)),
            [0, 0, 31, 31]
        );
        // From the 28th: of December, January and February.
        assert_eq!(
            [0, 26, 27, 57, 58].map(|day| Period::Month(27).begins(day)),
            [-4, -4, 27, 27, 58]
        );
        assert_eq!(Period::Day.begins(7), 7);
    }

    #[test]
    fn usage_is_told_by_day_and_may_be_extended() {
        let mut plan = json!({"quota": {"limit": 10, "period": "WEEK"}});
        let used = BTreeMap::from([(3, 4), (5, 5), (10, 1)]);
        let told = |plan: &Value, days| log(plan, "k", &used, days);
        assert_eq!(told(&plan, (3, 6)), [[4, 6], [0, 6], [5, 1], [0, 1]]);
        assert_eq!(told(&plan, (9, 10)), [[0, 1], [1, 9]]);
        assert!(extend(&mut plan, "k", 7, &used, 6));
        assert_eq!(told(&plan, (6, 6)), [[0, 7]]);
        let limit = |key: &str, day: i64| {
            let limits = Limits::of_key(&plan, key, Millis(day * DAY));
            limits.quota.map(|(limit, _)| limit)
        };
        assert_eq!(
            [limit("k", 6), limit("k", 10), limit("l", 6)],
            [Some(16), Some(10), Some(10)]
        );
        assert!(extend(&mut plan, "k", 0, &used, 6));
        assert_eq!(told(&plan, (6, 6)), [[0, 0]]);
        // A plan without a quota has nothing to extend.
        let mut none = json!({});
        assert!(!extend(&mut none, "k", 7, &used, 6));
        assert_eq!(told(&none, (3, 3)), [[4, -1]]);
    }

    #[test]
    fn what_was_used_before_counts() {
        let limits = Limits::of(&json!({"quota": {"limit": 3, "period": "DAY"}}));
        let (now, mut used) = (Millis(DAY * 7), Used::default());
        used.count_elsewhere(2);
        assert!(!used.is_current(&limits, now));
        used.resume(&limits, now, 2);
        used.resume(&limits, now, 1);
        assert!(used.is_current(&limits, now));
        assert_eq!(used.take(&limits, now), Ok(()));
        assert_eq!(used.take(&limits, now), Err(Over::Quota));
        assert!(!used.is_current(&limits, Millis(DAY * 8)));
        assert!(Used::default().is_current(&Limits::default(), now));
    }

    /// What others counted while they could not tell.
    #[test]
    fn what_was_not_heard_of_others_counts_once_it_is_looked() {
        let limits = Limits::of(&json!({"quota": {"limit": 5, "period": "MONTH"}}));
        let (now, mut used) = (Millis(DAY * 7), Used::default());
        assert!(used.looks(&limits, now));
        used.resume(&limits, now, 0);
        assert_eq!(used.take(&limits, now), Ok(()));
        let later = Millis(now.0 + LOOKED);
        assert!(!used.looks(&limits, Millis(later.0 - 1)));
        assert!(used.looks(&limits, later));
        assert!(!used.looks(&limits, later), "somebody looks");
        // Three of another's and the own, of which one of the other's was heard since.
        used.count_elsewhere(1);
        used.resume(&limits, later, 4);
        assert_eq!(used.take(&limits, later), Ok(()));
        assert_eq!(used.take(&limits, later), Err(Over::Quota));
        assert!(used.looks(&limits, now), "the clock was put back");
        assert!(!Used::default().looks(&Limits::default(), now));
    }
}
