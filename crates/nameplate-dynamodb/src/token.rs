//! Tokens, and a place among them: what the readers of expressions and of statements share.

/// What a token is, which is each language's own.
pub(crate) trait Kinds: Copy + PartialEq {
    /// A keyword, or a name without quotes.
    const WORD: Self;
    /// An operator or a sign.
    const SIGN: Self;
    /// The end.
    const END: Self;
}

/// A token: what it is, as it stands, and where, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'t, K> {
    pub(crate) kind: K,
    pub(crate) text: &'t str,
    pub(crate) start: usize,
}

impl<K: Kinds> Token<'_, K> {
    /// Whether it is this keyword, in any case.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == K::WORD && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is this sign.
    pub(crate) fn is_sign(&self, sign: &str) -> bool {
        self.kind == K::SIGN && self.text == sign
    }
}

/// Tokens that are taken one by one.
pub(crate) struct Tokens<'t, K> {
    // The end is the last, and is not passed.
    all: Vec<Token<'t, K>>,
    at: usize,
}

impl<'t, K: Kinds> Tokens<'t, K> {
    /// Begins at the first; the last is the end.
    pub(crate) fn new(all: Vec<Token<'t, K>>) -> Self {
        Self { all, at: 0 }
    }

    /// The next token, which stays.
    pub(crate) fn peek(&self) -> Token<'t, K> {
        self.all[self.at]
    }

    /// The token behind the next.
    pub(crate) fn after(&self) -> Token<'t, K> {
        self.all[(self.at + 1).min(self.all.len() - 1)]
    }

    /// Takes the next token.
    pub(crate) fn next(&mut self) -> Token<'t, K> {
        let token = self.peek();
        if token.kind != K::END {
            self.at += 1;
        }
        token
    }

    /// Takes this sign, if it is next.
    pub(crate) fn sign(&mut self, sign: &str) -> bool {
        let found = self.peek().is_sign(sign);
        if found {
            self.next();
        }
        found
    }

    /// Takes this keyword, if it is next.
    pub(crate) fn word(&mut self, word: &str) -> bool {
        let found = self.peek().is_word(word);
        if found {
            self.next();
        }
        found
    }

    /// All tokens, and which of them is next.
    pub(crate) fn place(&self) -> (&[Token<'t, K>], usize) {
        (&self.all, self.at)
    }
}
