//! A queue of operations that takes no memory of its own while it holds one at most, as most do.

use crate::operation::Operation;
use std::collections::VecDeque;

/// Operations in the order in which they were posted.
#[derive(Debug, Default)]
pub(super) struct Operations {
    /// `None`: there are none at all.
    first: Option<Box<Operation>>,
    others: VecDeque<Box<Operation>>,
}

impl Operations {
    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(super) fn front(&self) -> Option<&Operation> {
        self.first.as_deref()
    }

    pub(super) fn front_mut(&mut self) -> Option<&mut Operation> {
        self.first.as_deref_mut()
    }

    pub(super) fn get(&self, n: usize) -> Option<&Operation> {
        match n.checked_sub(1) {
            None => self.front(),
            Some(n) => self.others.get(n).map(|operation| &**operation),
        }
    }

    pub(super) fn get_mut(&mut self, n: usize) -> Option<&mut Operation> {
        match n.checked_sub(1) {
            None => self.front_mut(),
            Some(n) => self.others.get_mut(n).map(|operation| &mut **operation),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.first.iter().chain(&self.others).map(|operation| &**operation)
    }

    pub(super) fn push_front(&mut self, operation: Box<Operation>) {
        if let Some(second) = self.first.replace(operation) {
            self.others.push_front(second);
        }
    }

    pub(super) fn push_back(&mut self, operation: Box<Operation>) {
        match &self.first {
            None => self.first = Some(operation),
            Some(_) => self.others.push_back(operation),
        }
    }

    pub(super) fn pop_front(&mut self) -> Option<Box<Operation>> {
        let first = self.first.take();
        if !self.others.is_empty() {
            self.first = self.others.pop_front();
        }
        first
    }

    pub(super) fn pop_back(&mut self) -> Option<Box<Operation>> {
        self.others.pop_back().or_else(|| self.first.take())
    }

    pub(super) fn remove(&mut self, n: usize) -> Option<Box<Operation>> {
        match n.checked_sub(1) {
            None => self.pop_front(),
            Some(n) => self.others.remove(n),
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::operation::Notify;
    use linsock_abi::map::Call;
    use linsock_backend::op::{Receive, Request};

    fn operation(number: u64) -> Box<Operation> {
        let request = Request::Receive(Receive::watch());
        let mut operation = Operation::new(request, Call::Recv, Notify::Nobody);
        operation.ticket = number;
        operation
    }

    fn numbers(operations: &Operations) -> Vec<u64> {
        operations.iter().map(|operation| operation.ticket).collect()
    }

    #[test]
    fn they_keep_their_order() {
        let mut operations = Operations::default();
        assert!(operations.is_empty() && operations.pop_front().is_none());
        (1..=4).for_each(|number| operations.push_back(operation(number)));
        operations.push_front(operation(0));
        assert_eq!(numbers(&operations), [0, 1, 2, 3, 4]);
        assert_eq!(operations.get(3).map(|operation| operation.ticket), Some(3));
        assert_eq!(operations.remove(2).map(|operation| operation.ticket), Some(2));
        assert_eq!(operations.remove(0).map(|operation| operation.ticket), Some(0));
        assert_eq!(operations.pop_back().map(|operation| operation.ticket), Some(4));
        assert_eq!(operations.front().map(|operation| operation.ticket), Some(1));
        assert_eq!(numbers(&operations), [1, 3]);
        assert!(operations.get(2).is_none() && operations.remove(2).is_none());
        assert!(operations.pop_back().is_some() && operations.pop_back().is_some());
        assert!(operations.is_empty() && operations.front().is_none());
    }

    #[test]
    fn one_alone_takes_no_memory_of_the_queue() {
        let mut operations = Operations::default();
        operations.push_back(operation(1));
        assert_eq!(operations.others.capacity(), 0);
    }
}
