//! Jobs and their executions: what is written is read back, in the orders that lists have.

use crate::fixture::{Done, NOW, TestStore};
use nameplate_core::ctx::Millis;
use nameplate_core::job::{Execution, ExecutionStatus, JobStatus, Minute, Update};
use nameplate_store::{Error, ExecutionRow, JobFilter, JobRow, JobTargetRow, JobTemplateRow, Tx};

fn job(name: &str) -> JobRow {
    JobRow {
        key: 0,
        name: name.to_owned(),
        status: JobStatus::InProgress,
        continuous: false,
        namespace: String::new(),
        settings: "{}".to_owned(),
        document: r#"{"a":1}"#.to_owned(),
        created: NOW,
        modified: NOW,
        completed: None,
        started: Some(NOW),
        minute: Minute::default(),
        due: None,
    }
}

fn queued(job: i64, name: &str, thing: i64, number: i64) -> ExecutionRow {
    ExecutionRow {
        key: 0,
        job,
        thing,
        thing_name: format!("t{thing}"),
        namespace: String::new(),
        execution: Execution::new(name, number, 0, NOW),
    }
}

fn insert(tx: &mut Tx<'_>, row: &ExecutionRow) -> Result<ExecutionRow, Error> {
    let key = tx.insert_job_execution(row)?;
    Ok(ExecutionRow { key, ..row.clone() })
}

#[tokio::test]
async fn a_job_lives_and_goes() -> Done {
    let test = TestStore::open()?;
    let key = test
        .tx(|tx| {
            let key = tx.insert_job(&JobRow {
                continuous: true,
                namespace: "n".to_owned(),
                due: Some(Millis(5)),
                ..job("one")
            })?;
            tx.insert_job(&job("two"))?;
            let mut target = JobTargetRow {
                position: 0,
                arn: "arn:g".to_owned(),
                group: Some(7),
                thing: None,
                at: (0, 0),
                done: false,
            };
            tx.put_job_target(key, &target)?;
            target.at = (7, 3);
            target.done = true;
            tx.put_job_target(key, &target)?;
            tx.count_job(key, ExecutionStatus::Queued, 2)?;
            tx.count_job(key, ExecutionStatus::Queued, -1)?;
            Ok(key)
        })
        .await?;
    let names = async |filter: JobFilter<'_>| {
        let found = test.store.read(|conn| conn.jobs(&filter, i64::MAX, 10));
        let found: Result<_, Error> = found.await;
        found.map(|jobs| jobs.into_iter().map(|job| job.name).collect::<Vec<_>>())
    };
    assert_eq!(names(JobFilter::default()).await?, ["two", "one"]);
    for filter in [
        JobFilter {
            group: Some(7),
            ..JobFilter::default()
        },
        JobFilter {
            namespace: Some("n"),
            continuous: Some(true),
            status: Some(JobStatus::InProgress),
            group: None,
        },
    ] {
        assert_eq!(names(filter).await?, ["one"]);
    }
    test.store
        .read(|conn| {
            let found = conn.job("one")?.expect("it is there");
            assert_eq!((found.key, found.due), (key, Some(Millis(5))));
            let targets = conn.job_targets(key)?;
            assert_eq!((targets[0].at, targets[0].done), ((7, 3), true));
            assert_eq!(conn.job_counts(key)?.of(ExecutionStatus::Queued), 1);
            assert_eq!(conn.continuous_jobs_of_group(7)?, [key]);
            assert!(conn.has_continuous_jobs()?);
            assert!(conn.due_jobs(Millis(4), 10)?.is_empty());
            assert_eq!(conn.due_jobs(Millis(5), 10)?, [key]);
            assert_eq!(conn.next_due_job()?, Some(Millis(5)));
            Ok::<_, Error>(())
        })
        .await?;
    test.tx(move |tx| {
        let mut row = tx.job("one")?.expect("it is there");
        row.status = JobStatus::Canceled;
        row.completed = Some(NOW);
        row.due = None;
        row.minute = Minute { number: 3, told: 9 };
        tx.update_job(&row)?;
        assert_eq!(tx.job_by_key(key)?, Some(row));
        assert!(tx.continuous_jobs_of_group(7)?.is_empty());
        tx.delete_job(key)?;
        assert_eq!(tx.job_targets(key)?, []);
        tx.job("one")
    })
    .await?;
    assert_eq!(names(JobFilter::default()).await?, ["two"]);
    Ok(())
}

#[tokio::test]
async fn executions_are_in_the_order_of_their_lists() -> Done {
    let test = TestStore::open()?;
    test.tx(|tx| {
        let (one, two) = (tx.insert_job(&job("one"))?, tx.insert_job(&job("two"))?);
        let first = insert(tx, &queued(one, "one", 1, 1))?;
        let mut second = insert(tx, &queued(two, "two", 1, 1))?;
        let other = insert(tx, &queued(one, "one", 2, 1))?;
        let again = insert(tx, &queued(one, "one", 2, 2))?;
        let keys = |rows: Vec<ExecutionRow>| rows.iter().map(|row| row.key).collect::<Vec<_>>();
        let pending = |tx: &Tx<'_>| Ok::<_, Error>(keys(tx.pending_job_executions(1, "", 10)?));
        assert_eq!(pending(tx)?, [first.key, second.key]);
        assert_eq!(tx.pending_job_executions(1, "n", 10)?, []);
        let update = Update {
            status: ExecutionStatus::InProgress,
            details: Some([("k".to_owned(), "v".to_owned())].into()),
            expected: None,
            step: Some(1),
        };
        let begun = second.execution.update(&update, None, NOW);
        assert_eq!(begun, Ok(()));
        tx.update_job_execution(&second)?;
        assert_eq!(pending(tx)?, [second.key, first.key]);
        assert_eq!(
            tx.job_execution(two, 1, None)?,
            Some(second.clone()),
            "as it was written"
        );
        let late = Millis(NOW.0 + 60_000);
        assert_eq!(tx.next_job_timeout()?, Some(late));
        assert_eq!(keys(tx.overdue_job_executions(late, 10)?), [second.key]);
        assert_eq!(tx.overdue_job_executions(NOW, 10)?, []);
        assert_eq!(
            keys(tx.executions_of_job(one, (0, 0), 10)?),
            [first.key, other.key, again.key]
        );
        assert_eq!(keys(tx.executions_of_job(one, (2, 1), 10)?), [again.key]);
        assert_eq!(
            keys(tx.executions_of_status(one, ExecutionStatus::Queued, first.key, 10)?),
            [other.key, again.key]
        );
        let of_thing = |tx: &Tx<'_>, status, job| {
            let rows = tx.executions_of_thing(1, status, None, job, i64::MAX, 10)?;
            Ok::<_, Error>(keys(rows))
        };
        assert_eq!(of_thing(tx, None, None)?, [second.key, first.key]);
        assert_eq!(
            of_thing(tx, Some(ExecutionStatus::Queued), None)?,
            [first.key]
        );
        assert_eq!(of_thing(tx, None, Some(two))?, [second.key]);
        assert_eq!(keys(tx.open_job_executions(1, 10)?).len(), 2);
        assert_eq!(
            tx.job_execution(one, 2, None)?
                .map(|row| row.execution.number),
            Some(2)
        );
        assert_eq!(tx.job_execution(one, 2, Some(3))?, None);
        // Between its windows a job shows nothing.
        let mut waits = tx.job_by_key(one)?.expect("it is there");
        waits.status = JobStatus::Scheduled;
        tx.update_job(&waits)?;
        assert_eq!(pending(tx)?, [second.key]);
        tx.delete_job_execution(first.key)?;
        assert_eq!(tx.job_execution(one, 1, None)?, None);
        Ok(())
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn templates_are_kept() -> Done {
    let test = TestStore::open()?;
    test.tx(|tx| {
        let new = |name: &str| JobTemplateRow {
            key: 0,
            name: name.to_owned(),
            settings: "{}".to_owned(),
            document: "[]".to_owned(),
            created: NOW,
        };
        tx.insert_job_template(&new("b"))?;
        tx.insert_job_template(&new("a"))?;
        let all = tx.job_templates(0, 10)?;
        assert_eq!(all.len(), 2);
        assert_eq!(tx.job_templates(all[0].key, 10)?, [all[1].clone()]);
        assert_eq!(tx.job_template("b")?.as_ref(), Some(&all[0]));
        tx.delete_job_template(all[0].key)?;
        assert_eq!(tx.job_template("b")?, None);
        Ok(())
    })
    .await?;
    Ok(())
}
