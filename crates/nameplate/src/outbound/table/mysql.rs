//! MySQL and MariaDB.

use super::{CONNECTIONS, Found, PATIENCE, TableError, Values, one_row, with_causes};
use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder, Params, Row, Value};
use nameplate_core::vending::Statement;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use tokio::sync::{Semaphore, SemaphorePermit};

/// ER_CANT_AGGREGATE_2COLLATIONS.
const NO_COMMON_LETTERS: u16 = 1267;

// Not the client's own pool: it would take a connection back in the middle of a transaction that was given up, and the
// next user's transaction would commit it.
pub struct Mysql {
    opts: Opts,
    places: Semaphore,
    idle: Mutex<Vec<Conn>>,
}

impl Mysql {
    /// `mysql://USER:PASSWORD@HOST:PORT/DATABASE?…` with the client's own parameters. Hosts but this machine are spoken
    /// to over TLS unless `require_ssl=false`; `sslrootcert=FILE` names the authorities to verify by.
    pub fn open(url: &str) -> Result<Self, String> {
        let url = url.replacen("mariadb://", "mysql://", 1);
        let (base, query) = url.split_once('?').unwrap_or((&url, ""));
        let (mut roots, mut passed, mut socket, mut tls) = (None, Vec::new(), false, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "")) {
                ("sslrootcert", file) => roots = Some(PathBuf::from(decoded(file)?)),
                (name, value) => {
                    socket |= name == "socket";
                    if name == "require_ssl" {
                        tls = Some(value == "true");
                    }
                    passed.push(pair);
                }
            }
        }
        let rest = format!("{base}?{}", passed.join("&"));
        // Without the values, of which one may be a password.
        let opts = Opts::from_url(&rest).map_err(|why| match why {
            mysql_async::UrlError::Parse(why) => why.to_string(),
            mysql_async::UrlError::InvalidParamValue { param, .. } => {
                format!("the value of {param} cannot be read")
            }
            mysql_async::UrlError::UnknownParameter { param } => {
                format!("there is no parameter {param}")
            }
            _ => "it cannot be read".into(),
        })?;
        if opts.db_name().is_none() {
            return Err("it names no database".into());
        }
        let host = opts.ip_or_hostname();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback = host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        let local = socket || host == "localhost" || is_loopback;
        let wanted = roots.is_some() || tls.unwrap_or(!local);
        let ssl = wanted.then(|| {
            let ssl = opts.ssl_opts().cloned().unwrap_or_default();
            match roots {
                Some(file) => ssl
                    .with_disable_built_in_roots(true)
                    .with_root_certs(vec![file.into()]),
                None => ssl,
            }
        });
        let limit = PATIENCE.as_secs();
        let builder = OptsBuilder::from_opts(opts)
            .ssl_opts(ssl)
            // The status of a row that has it already is not a row that is not there.
            .client_found_rows(true)
            .prefer_socket(socket)
            // A limit on statements has another name and unit in each; a row too many is all that need be known.
            .setup(vec![format!(
                "SET SESSION /*!50708 max_execution_time = {limit}000, */ /*M!100101 max_statement_time = {limit}, */ \
                 innodb_lock_wait_timeout = {limit}, sql_select_limit = 2"
            )]);
        Ok(Self {
            opts: builder.into(),
            places: Semaphore::new(CONNECTIONS),
            idle: Mutex::default(),
        })
    }

    pub async fn find(&self, query: &Statement, values: &Values) -> Result<Found, TableError> {
        let _place = self.place().await?;
        let mut conn = self.begun("START TRANSACTION READ ONLY").await?;
        let read = async {
            let rows = conn.exec(query.native(), bound(query, values)).await?;
            conn.query_drop("ROLLBACK").await?;
            Ok::<_, mysql_async::Error>(rows)
        };
        let rows = match read.await {
            Ok(rows) => rows,
            // What the column's character set has no letters for is in no row.
            Err(mysql_async::Error::Server(why))
                if why.code == NO_COMMON_LETTERS && !values.serial.is_ascii() =>
            {
                return Ok(Found::Nothing);
            }
            Err(why) => return Err(failed(&why)),
        };
        self.idle.lock().push(conn);
        found(rows)
    }

    pub async fn update(&self, update: &Statement, values: &Values) -> Result<(), TableError> {
        let _place = self.place().await?;
        let mut conn = self.begun("START TRANSACTION").await?;
        let write = async {
            conn.exec_drop(update.native(), bound(update, values))
                .await?;
            let changed = conn.affected_rows();
            let end = if changed == 1 { "COMMIT" } else { "ROLLBACK" };
            conn.query_drop(end).await?;
            Ok::<_, mysql_async::Error>(changed)
        };
        let changed = write.await.map_err(|why| failed(&why))?;
        self.idle.lock().push(conn);
        one_row(changed)
    }

    async fn place(&self) -> Result<SemaphorePermit<'_>, TableError> {
        let place = self.places.acquire().await;
        place.map_err(|_| TableError("the server is ending".into()))
    }

    /// A connection in a transaction. It is given back only when that has ended: one that failed or was given up is
    /// closed, and what it has begun is undone.
    async fn begun(&self, begin: &str) -> Result<Conn, TableError> {
        let idle = self.idle.lock().pop();
        if let Some(mut conn) = idle {
            match conn.query_drop(begin).await {
                Ok(()) => return Ok(conn),
                // The database was started anew while it stood idle, or has closed it: some say so with an error that
                // looks like any other. The others have fared no better.
                Err(_) => self.idle.lock().clear(),
            }
        }
        let begun = async {
            let mut conn = Conn::new(self.opts.clone()).await?;
            conn.query_drop(begin).await?;
            Ok::<_, mysql_async::Error>(conn)
        };
        begun.await.map_err(|why| failed(&why))
    }
}

/// `%41` and its like, read.
fn decoded(text: &str) -> Result<String, String> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map(|text| text.into_owned())
        .map_err(|_| "a parameter is not UTF-8".into())
}

fn bound(statement: &Statement, values: &Values) -> Params {
    let values = statement
        .bound()
        .iter()
        .map(|bound| match values.text(*bound) {
            Some(text) => Value::Bytes(text.into_bytes()),
            None => Value::NULL,
        });
    Params::Positional(values.collect())
}

fn failed(why: &mysql_async::Error) -> TableError {
    TableError(match why {
        mysql_async::Error::Server(server) => format!("{} ({})", server.message, server.code),
        other => with_causes(other),
    })
}

fn found(mut rows: Vec<Row>) -> Result<Found, TableError> {
    if rows.len() > 1 {
        return Ok(Found::Several);
    }
    let Some(row) = rows.pop() else {
        return Ok(Found::Nothing);
    };
    let columns = row.columns();
    let mut named = BTreeMap::new();
    for (column, value) in columns.iter().zip(row.unwrap()) {
        let name = column.name_str().into_owned();
        let text = text(value, column.column_type()).map_err(|()| {
            TableError(format!("the column {name} is no text, number, date or bit"))
        })?;
        named.insert(name, text);
    }
    Ok(Found::One(named))
}

fn text(value: Value, kind: ColumnType) -> Result<Option<String>, ()> {
    Ok(Some(match value {
        Value::NULL => return Ok(None),
        Value::Bytes(bytes) if kind == ColumnType::MYSQL_TYPE_BIT => bytes
            .iter()
            .fold(0u64, |number, byte| number << 8 | u64::from(*byte))
            .to_string(),
        Value::Bytes(bytes) => String::from_utf8(bytes).map_err(drop)?,
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Double(number) => number.to_string(),
        date @ (Value::Date(..) | Value::Time(..)) => {
            date.as_sql(false).trim_matches('\'').to_owned()
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_but_for_this_machine() {
        let dir = "mysql://u:p@";
        for (url, tls) in [
            ("127.0.0.1:3306/d", false),
            ("[::1]:3306/d", false),
            ("localhost/d", false),
            ("db.example/d", true),
            ("db.example/d?require_ssl=false", false),
            ("db.example/d?socket=%2Frun%2Fmysql", false),
            ("127.0.0.1/d?require_ssl=true", true),
            ("127.0.0.1/d?sslrootcert=%2Froots.pem", true),
        ] {
            match Mysql::open(&format!("{dir}{url}")) {
                Ok(mysql) => assert_eq!(mysql.opts.ssl_opts().is_some(), tls, "{url}"),
                Err(why) => panic!("{url}: {why}"),
            }
        }
    }

    #[test]
    fn urls_that_are_refused_are_not_repeated() {
        for (url, why) in [
            ("mysql://u:hunter2@h", "names no database"),
            ("mysql://u:hunter2@h/", "names no database"),
            ("mysql://u:hunter2@h/d?colour=red", "no parameter colour"),
            (
                "mysql://u:hunter2@h/d?require_ssl=hunter2",
                "the value of require_ssl",
            ),
            ("mysql://u:hunter2@h:port/d", "port"),
        ] {
            let refused = Mysql::open(url).err().unwrap_or_default();
            assert!(
                refused.contains(why) && !refused.contains("hunter2"),
                "{url}: {refused}"
            );
        }
    }
}
