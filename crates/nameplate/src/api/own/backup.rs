//! Backups for the server's own commands.

use crate::api::call::Reply;
use crate::api::{Call, Content};
use crate::app::Error;

/// `POST /nameplate/backup`: everything that a server needs to be this one elsewhere, private keys and credentials
/// included, as a tar archive. One whose last part is not `end.json` is not whole.
pub async fn back_up(call: &Call<'_>) -> Result<Reply, Error> {
    let made = call.app.back_up(&call.caller).await?;
    Ok(Reply {
        status: None,
        headers: vec![
            ("content-type".into(), "application/x-tar".to_owned()),
            ("cache-control".into(), "no-store".to_owned()),
        ],
        content: Content::Backup(made),
    })
}

#[cfg(test)]
mod tests {
    use crate::app::backup;
    use crate::app::backup::{Part, read};
    use crate::testing::TestApp;
    use futures_util::StreamExt as _;
    use serde_json::{Value, json};

    async fn taken(made: backup::Made) -> Vec<u8> {
        let pieces: Vec<_> = made.0.collect().await;
        let pieces = pieces.into_iter().collect::<std::io::Result<Vec<_>>>();
        pieces.expect("it does not break off").concat()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_backup_has_rows_files_and_bodies_of_one_moment() {
        let test = TestApp::new().await;
        test.object("fleet", "firmware", b"before").await;
        let root = test.app.iam.root();
        let made = test.app.back_up(&root).await.expect("it is begun");
        // Replaced while it is made: what the rows of that moment name is there.
        test.object("fleet", "firmware", b"after").await;
        let bytes = taken(made).await;
        let (mut bodies, mut objects) = (Vec::new(), 0);
        let (header, end) = read(&bytes[..], &mut |part| {
            match part {
                Part::Body { content, .. } => {
                    let mut text = String::new();
                    content.read_to_string(&mut text).expect("readable");
                    bodies.push(text);
                }
                Part::Rows {
                    table: "object", ..
                } => objects += 1,
                _ => {}
            }
            Ok::<(), backup::BackupError>(())
        })
        .expect("it is whole");
        assert_eq!((bodies, objects), (vec!["before".to_owned()], 1));
        assert_eq!(header.rows, end.rows());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn only_who_may_gets_one() {
        let test = TestApp::new().await;
        let key = test
            .user_with(&json!({"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": ["iot:*", "nameplate:Simulate"], "Resource": "*"}]}))
            .await;
        let answer = test
            .call_as(
                &key,
                "nameplate",
                "POST /nameplate/backup",
                &[],
                Value::Null,
            )
            .await;
        assert_eq!(answer.status, 403, "{}", answer.body);
    }
}
