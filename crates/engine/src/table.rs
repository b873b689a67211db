//! A table indexed by small numbers whose places, once made, stay for ever.
//!
//! A look-up is two loads. Because a place never moves and is never freed, a thread may hold
//! a reference to one while another thread closes what it stands for: what it finds then is
//! decided by the lock inside the place, not by the memory's life.

use crate::sync::{AtomicPtr, Ordering};

const PLACES_PER_CHUNK: usize = if cfg!(loom) { 2 } else { 256 };
const CHUNKS: usize = if cfg!(loom) { 2 } else { 16384 };

type Chunk<T> = [T; PLACES_PER_CHUNK];

/// The table.
pub struct Table<T: 'static> {
    chunks: Box<[AtomicPtr<Chunk<T>>]>,
}

impl<T: Default + Sync + Send> Default for Table<T> {
    fn default() -> Self {
        Table { chunks: (0..CHUNKS).map(|_| AtomicPtr::new(std::ptr::null_mut())).collect() }
    }
}

impl<T: Default + Sync + Send> Table<T> {
    /// The place of a number, if its part of the table was ever used.
    #[inline]
    pub fn find(&self, index: usize) -> Option<&'static T> {
        let chunk = self.chunks.get(index / PLACES_PER_CHUNK)?.load(Ordering::Acquire);
        // SAFETY: a chunk that was published is initialised and never freed.
        let chunk = unsafe { chunk.as_ref()? };
        Some(&chunk[index % PLACES_PER_CHUNK])
    }

    /// The place of a number, made if need be; `None` beyond the table's end.
    pub fn place(&self, index: usize) -> Option<&'static T> {
        if let Some(found) = self.find(index) {
            return Some(found);
        }
        self.make_chunk(index)?;
        self.find(index)
    }

    /// Makes the part of the table that a number is in, on the heap from the start: a thread may
    /// have less stack than that takes.
    #[cold]
    fn make_chunk(&self, index: usize) -> Option<()> {
        let slot = self.chunks.get(index / PLACES_PER_CHUNK)?;
        let fresh: Box<[T]> = (0..PLACES_PER_CHUNK).map(|_| T::default()).collect();
        let fresh: Box<Chunk<T>> = fresh.try_into().ok()?;
        let fresh = Box::into_raw(fresh);
        let published =
            slot.compare_exchange(std::ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire);
        if published.is_err() {
            // SAFETY: another thread's chunk stands there, so this one was never shared.
            drop(unsafe { Box::from_raw(fresh) });
        }
        Some(())
    }

    /// Every place that was made, with its number.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &'static T)> + '_ {
        (0..self.chunks.len())
            .filter(|&n| !self.chunks[n].load(Ordering::Acquire).is_null())
            .flat_map(move |n| {
                (0..PLACES_PER_CHUNK).filter_map(move |i| {
                    let index = n * PLACES_PER_CHUNK + i;
                    self.find(index).map(|place| (index, place))
                })
            })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn places_stay_where_they_are() {
        let table: Table<Mutex<u32>> = Table::default();
        assert!(table.find(1000).is_none());
        *table.place(1000).unwrap().lock().unwrap() = 7;
        assert!(std::ptr::eq(table.find(1000).unwrap(), table.place(1000).unwrap()));
        assert_eq!(*table.find(1000).unwrap().lock().unwrap(), 7);
        assert!(table.place(usize::MAX).is_none());
        assert_eq!(table.iter().count(), PLACES_PER_CHUNK);
    }
}

#[cfg(all(test, loom))]
mod model {
    use super::*;
    use crate::sync::{Arc, Mutex};

    /// Two threads that make the same part of the table at once get the same place.
    #[test]
    fn one_place_for_one_number() {
        loom::model(|| {
            let table: Arc<Table<Mutex<usize>>> = Arc::new(Table::default());
            let other = {
                let table = table.clone();
                loom::thread::spawn(move || {
                    *table.place(1).unwrap().lock().unwrap() += 1;
                })
            };
            *table.place(1).unwrap().lock().unwrap() += 1;
            other.join().unwrap();
            assert_eq!(*table.find(1).unwrap().lock().unwrap(), 2);
        });
    }
}
