//! More subscriptions than an account may have at AWS, by twice.

use super::*;

/// As many clients as it takes with what each may subscribe to.
const CLIENTS: usize = 20_000;
const EACH: usize = 50;

#[test]
fn a_million_subscriptions_are_told_apart_and_given_back() {
    let router = Router::new(RouterLimits::SERVER, 1);
    let limits = crate::broker::connection_config(Refusals::Clear, 0)
        .limits
        .topic;
    let subscribe = |client: &Registration, text: &str| {
        let filter = Filter::parse(text, &limits).expect("it is right");
        let subscribed = router.subscribe(client, &filter, AtLeastOnce.into());
        subscribed.expect("the client is there");
    };
    let clients: Vec<Registration> = (0..CLIENTS)
        .map(|number| {
            let client = join(&router, &format!("client-{number}"));
            for of in 1..EACH {
                // Most of them name a topic, some all that is below one.
                let last = if of % 10 == 0 { "+" } else { "state" };
                subscribe(&client, &format!("site/{number}/{of}/{last}"));
            }
            subscribe(&client, "everybody");
            client
        })
        .collect();
    let reached = |topic: &str| {
        router
            .publish(&message(topic, "m", AtLeastOnce), None)
            .queued
    };
    assert_eq!(reached("site/12345/10/any"), 1);
    assert_eq!(reached("site/12345/11/state"), 1);
    assert_eq!(reached("site/12345/11/any"), 0);
    assert_eq!(reached("everybody"), CLIENTS);
    drop(clients);
    assert!(router.is_empty() && router.holds_no_filters());
}
