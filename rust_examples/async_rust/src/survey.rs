//! Many servers, some of them at once.

use std::iter::Enumerate;
use std::panic;
use std::time::Duration;
use std::vec;

use tokio::task::JoinSet;
use tokio::time;

use crate::calls::{Answer, prompt_greeting};

/// The pause before the second try; before each further one it is twice as long.
const PAUSE: Duration = Duration::from_millis(50);

/// How to go about it.
#[derive(Clone, Copy)]
pub struct Plan {
    /// How many servers are called at the same time, at least 1.
    pub at_once: usize,
    /// What each try is given.
    pub timeout: Duration,
    /// How often a server is called before it is given up, at least once.
    pub tries: u32,
}

/// Servers that are called, and those that still wait for their turn.
/// When it is dropped, all calls end.
pub struct Survey {
    waiting: Enumerate<vec::IntoIter<(String, u16)>>,
    calls: JoinSet<(usize, Answer)>,
    plan: Plan,
}

impl Survey {
    /// A survey that has not begun.
    pub fn new(addresses: Vec<(String, u16)>, plan: Plan) -> Self {
        Self {
            waiting: addresses.into_iter().enumerate(),
            calls: JoinSet::new(),
            plan,
        }
    }

    /// The next that has answered or been given up, by its place among the addresses.
    pub async fn next(&mut self) -> Option<(usize, Answer)> {
        let plan = self.plan;
        while self.calls.len() < plan.at_once
            && let Some((place, (host, port))) = self.waiting.next()
        {
            self.calls
                .spawn(async move { (place, patiently(&host, port, plan).await) });
        }
        let ended = self.calls.join_next().await?;
        Some(ended.unwrap_or_else(|error| panic::resume_unwind(error.into_panic())))
    }
}

/// One server, called again and again.
async fn patiently(host: &str, port: u16, plan: Plan) -> Answer {
    let mut pause = PAUSE;
    for _ in 1..plan.tries {
        if let Ok(words) = prompt_greeting(host, port, plan.timeout).await {
            return Ok(words);
        }
        time::sleep(pause).await;
        pause *= 2;
    }
    prompt_greeting(host, port, plan.timeout).await
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Plan, Survey};
    use crate::calls::tests::{block_on, nobody, server};

    fn plan(at_once: usize, tries: u32) -> Plan {
        let timeout = Duration::from_secs(5);
        Plan {
            at_once,
            timeout,
            tries,
        }
    }

    #[test]
    fn each_answers_once() {
        let port = server(b"hello\n", 10);
        let addresses = vec![("127.0.0.1".to_owned(), port); 10];
        let mut places = Vec::new();
        block_on(async {
            let mut survey = Survey::new(addresses, plan(3, 1));
            while let Some((place, answer)) = survey.next().await {
                assert_eq!(answer.unwrap(), "hello");
                assert!(survey.calls.len() < 3);
                places.push(place);
            }
        });
        places.sort_unstable();
        assert_eq!(places, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn nobody_is_called_again_after_pauses_that_double() {
        let start = Instant::now();
        let addresses = vec![("127.0.0.1".to_owned(), nobody())];
        let answer = block_on(async { Survey::new(addresses, plan(1, 3)).next().await });
        assert!(answer.unwrap().1.is_err());
        assert!(start.elapsed() >= Duration::from_millis(150));
    }

    #[test]
    fn no_servers_have_no_answers() {
        assert!(block_on(async { Survey::new(vec![], plan(1, 1)).next().await }).is_none());
    }
}
